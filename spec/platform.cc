#include "base/error.h"
#include "spec/image.h"

#include <algorithm>
#include <array>
#include <sys/utsname.h>

namespace oci::spec {
namespace {

struct Architecture {
  std::string_view name; // as uname or people say
  std::string_view architecture, variant;
};

constexpr std::array<Architecture, 19> other_names{{
    {"x86_64", "amd64", ""},
    {"x86-64", "amd64", ""},
    {"aarch64", "arm64", ""},
    {"armv8l", "arm", "v8"},
    {"armv7l", "arm", "v7"},
    {"armv6l", "arm", "v6"},
    {"armv5tel", "arm", "v5"},
    {"armhf", "arm", "v7"},
    {"armel", "arm", "v6"},
    {"i386", "386", ""},
    {"i486", "386", ""},
    {"i586", "386", ""},
    {"i686", "386", ""},
    {"x86", "386", ""},
    {"mips64el", "mips64le", ""},
    {"mipsel", "mipsle", ""},
    {"loongarch64", "loong64", ""},
    {"ppc64el", "ppc64le", ""},
    {"riscv", "riscv64", ""},
}};

// Newest first: each runs what follows it.
const std::vector<std::string>& variants_of(std::string_view architecture) {
  static const std::vector<std::string> arm{"v8", "v7", "v6", "v5"}, arm64{"v8"}, none;
  return architecture == "arm" ? arm : architecture == "arm64" ? arm64 : none;
}

Platform with_architecture(std::string_view name) {
  Platform platform;
  platform.os = "linux";
  const auto known =
      std::find_if(other_names.begin(), other_names.end(), [&](const Architecture& it) { return it.name == name; });
  platform.architecture = known == other_names.end() ? name : known->architecture;
  if (known != other_names.end()) platform.variant = known->variant;
  return platform;
}

bool is_word(std::string_view text) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789._-";
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

// What to look for, best first (containers/image's order).
std::vector<std::string> wanted_variants(const Platform& wanted) {
  const std::vector<std::string>& known = variants_of(wanted.architecture);
  std::vector<std::string> variants;
  if (wanted.variant.empty()) {
    variants = known;
    variants.insert(variants.begin(), "");
    return variants;
  }
  const auto from = std::find(known.begin(), known.end(), wanted.variant);
  variants.assign(from, known.end());
  if (variants.empty()) variants.push_back(wanted.variant);
  variants.push_back("");
  return variants;
}

bool is_zstd(const Descriptor& descriptor) {
  const auto found = descriptor.annotations.find("io.github.containers.compression.zstd");
  return found != descriptor.annotations.end() && found->second == "true";
}

} // namespace

Platform host_platform() {
  struct utsname names {};
  if (uname(&names) != 0) fail_errno({errno}, "uname");
  Platform platform = with_architecture(names.machine);
  if (platform.architecture == "arm64") platform.variant = "v8";
  return platform;
}

Platform parse_platform(std::string_view text) {
  const std::vector<std::string> parts = split(to_lower(text), '/');
  const bool words = std::all_of(parts.begin(), parts.end(), is_word);
  if (!words || parts.empty() || parts.size() > 3)
    throw Error(cat("\"", printable(text, 80), "\" is no platform"))
        .with_hint("write OS/ARCHITECTURE[/VARIANT] or ARCHITECTURE: linux/amd64, linux/arm/v7, arm64");

  if (parts.size() == 1) return parts[0] == "linux" ? host_platform() : with_architecture(parts[0]);
  Platform platform = with_architecture(parts[1]);
  platform.os = parts[0];
  if (parts.size() == 3) platform.variant = parts[2];
  return platform;
}

std::string platform_text(const Platform& platform) {
  std::string text = cat(platform.os, "/", platform.architecture);
  return platform.variant.empty() ? text : cat(text, "/", platform.variant);
}

const Descriptor* choose_platform(const Index& index, const Platform& wanted) {
  const std::vector<std::string> variants = wanted_variants(wanted);
  // An entry that does not say its platform is the last resort.
  auto rank = [&](const Descriptor& entry) -> std::optional<std::size_t> {
    if (!entry.platform) return variants.size();
    if (entry.platform->os != wanted.os || entry.platform->architecture != wanted.architecture) return std::nullopt;
    const auto found = std::find(variants.begin(), variants.end(), entry.platform->variant);
    if (found == variants.end()) return std::nullopt;
    return static_cast<std::size_t>(found - variants.begin());
  };

  const Descriptor* best = nullptr;
  std::size_t best_rank = 0;
  for (const Descriptor& entry : index.manifests) {
    const std::optional<std::size_t> entry_rank = rank(entry);
    if (!entry_rank) continue;
    const bool better =
        !best || *entry_rank < best_rank || (*entry_rank == best_rank && is_zstd(entry) && !is_zstd(*best));
    if (!better) continue;
    best = &entry;
    best_rank = *entry_rank;
  }
  return best;
}

} // namespace oci::spec
