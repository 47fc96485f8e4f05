#include "specgen/draft.h"

#include "specgen/kernel_version.h"

#include <algorithm>

namespace oci::specgen {

namespace {

const spec::ContainerConfig no_wishes;

} // namespace

Draft::Draft(const std::optional<spec::ImageConfig>& image_config, const Engine& the_engine, const Request& the_request,
             const UserFiles& the_users, const HostFacts& the_host)
    : image(image_config ? &*image_config : nullptr), image_says(image && image->config ? *image->config : no_wishes),
      engine(the_engine), request(the_request), users(the_users), host(the_host), config(the_engine.base) {
  if (!config.process) config.process.emplace();
  if (!config.linux_) config.linux_.emplace();
  if (!config.root) config.root.emplace();
  note("", engine_origin());
}

spec::Resources& Draft::resources() {
  if (!linux_part().resources) linux_part().resources.emplace();
  return *linux_part().resources;
}

// The origin that holds for `path`: its own or that of the nearest part around it.
Origin Draft::origin_of(const std::string& path) const {
  for (std::size_t end = path.size(); end > 0; end = path.find_last_of(".[", end - 1)) {
    if (end == std::string::npos) break;
    if (const auto found = provenance.find(path.substr(0, end)); found != provenance.end()) return found->second;
  }
  return provenance.at("");
}

void Draft::note_over(const std::string& path, Origin origin, const std::string& old_value) {
  const Origin old = origin_of(path);
  origin.overridden.push_back(cat(origin_text(old), ": ", printable(old_value)));
  if (provenance.count(path) != 0)
    origin.overridden.insert(origin.overridden.end(), old.overridden.begin(), old.overridden.end());
  note(path, std::move(origin));
}

void Draft::annotate(const std::string& key, std::string value, Origin origin) {
  set(cat("annotations[", key, "]"), config.annotations[key], std::move(value), std::move(origin));
}

bool Draft::has_namespace(std::string_view type) const {
  const auto& all = config.linux_->namespaces;
  return std::any_of(all.begin(), all.end(), [&](const spec::Namespace& ns) { return ns.type == type; });
}

bool Draft::kernel_at_least(unsigned major, unsigned minor) const {
  return KernelVersion::parse(host.kernel_release) >= KernelVersion{major, minor};
}

} // namespace oci::specgen
