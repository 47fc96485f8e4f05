// annotations: what image-spec's conversion.md takes from the image, then the user's.
#include "specgen/draft.h"

#include <algorithm>
#include <array>

namespace oci::specgen {

namespace {

// Runtimes and engines obey annotations that begin like this: crun loads a seccomp filter from
// run.oci.seccomp_bpf_data, so an image's label could switch ours off (CVE-2026-53488). Only the user may set them.
bool is_obeyed(std::string_view key) {
  static constexpr std::array<std::string_view, 11> prefixes = {
      "run.oci.",          "org.criu.",     "org.systemd.property.", "module.wasm.",      "krun.",
      "containerd.io/",    "io.containerd", "io.cri-containerd",     "io.kubernetes.cri", "io.podman.",
      "io.katacontainers."};
  const auto begins = [&](std::string_view prefix) { return key.starts_with(prefix); };
  return key == "bundle" || std::any_of(prefixes.begin(), prefixes.end(), begins);
}

void annotate_from_image(Draft& draft, const char* key, const std::string& value, const char* field) {
  if (!value.empty() && !has_nul(value))
    draft.annotate(cat("org.opencontainers.image.", key), value, from_image(field));
}

void add_labels(Draft& draft) {
  for (const auto& [key, value] : draft.image_says.labels) {
    if (key.empty() || has_nul(key) || has_nul(value)) continue;
    if (is_obeyed(key))
      draft.warn("the image's label ", printable(key), " is left out: runtimes act on annotations of that name");
    else
      draft.annotate(key, value, from_image("config.Labels"));
  }
}

void add_users(Draft& draft, const char* flag, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    auto [key, value] = parse_pair(flag, text);
    draft.annotate(key, std::move(value), from_flag(flag));
  }
}

} // namespace

void apply_annotations(Draft& draft) {
  if (draft.image != nullptr) {
    const spec::ImageConfig& image = *draft.image;
    annotate_from_image(draft, "os", image.os, "os");
    annotate_from_image(draft, "architecture", image.architecture, "architecture");
    annotate_from_image(draft, "variant", image.variant, "variant");
    annotate_from_image(draft, "os.version", image.os_version, "os.version");
    annotate_from_image(draft, "os.features", join(image.os_features, ","), "os.features");
    annotate_from_image(draft, "author", image.author, "author");
    annotate_from_image(draft, "created", image.created, "created");
    annotate_from_image(draft, "exposedPorts", join(draft.image_says.exposed_ports.keys, ","), "config.ExposedPorts");
    const std::string& stop = draft.image_says.stop_signal;
    if (!stop.empty() && !is_signal(stop)) draft.warn("the image's StopSignal ", printable(stop), " is no signal");
    annotate_from_image(draft, "stopSignal", stop, "config.StopSignal");
    add_labels(draft);
  }
  if (const std::optional<std::string>& signal = draft.request.stop_signal) {
    if (!is_signal(*signal))
      refuse("--stop-signal", *signal, "not a signal's name or number (TERM, SIGKILL, RTMIN+3, 9)");
    draft.annotate("org.opencontainers.image.stopSignal", *signal, from_flag("--stop-signal"));
  }
  add_users(draft, "--label", draft.request.label);
  add_users(draft, "--annotation", draft.request.annotation);
}

} // namespace oci::specgen
