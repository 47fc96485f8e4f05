// The user namespace of a bundle whose files belong to mapped ids.
#include "specgen/draft.h"

#include <algorithm>

namespace oci::specgen {

namespace {

bool is_mapped(const std::vector<spec::IdMapping>& mappings, std::uint64_t id) {
  return std::any_of(mappings.begin(), mappings.end(), [&](const spec::IdMapping& mapping) {
    return id >= mapping.container_id && id - mapping.container_id < mapping.size;
  });
}

// A group that is not mapped can own nothing, and the kernel refuses the mount.
void drop_unmapped_groups(Draft& draft) {
  const auto is_unmapped = [&](const std::string& option) {
    if (!option.starts_with("gid=")) return false;
    const auto id = parse_unsigned(std::string_view(option).substr(4));
    return id && !is_mapped(draft.request.gid_mappings, *id);
  };
  for (spec::Mount& mount : draft.config.mounts) {
    std::vector<std::string>& options = mount.options;
    options.erase(std::remove_if(options.begin(), options.end(), is_unmapped), options.end());
  }
}

} // namespace

void apply_id_mappings(Draft& draft) {
  const Request& request = draft.request;
  if (request.uid_mappings.empty()) return;
  const Origin origin = from_host("the bundle's ids");
  if (!draft.has_namespace("user")) {
    spec::Namespace user;
    user.type = "user";
    draft.linux_part().namespaces.push_back(std::move(user));
    draft.note("linux.namespaces[user]", origin);
  }
  draft.linux_part().uid_mappings = request.uid_mappings;
  draft.linux_part().gid_mappings = request.gid_mappings;
  draft.note("linux.uidMappings", origin);
  draft.note("linux.gidMappings", origin);
  drop_unmapped_groups(draft);
}

} // namespace oci::specgen
