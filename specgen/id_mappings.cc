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

// "CONTAINER:HOST:SIZE", podman's order.
spec::IdMapping parse_mapping(const char* flag, const std::string& text) {
  const std::vector<std::string> parts = split(text, ':');
  if (parts.size() < 2 || parts.size() > 3) refuse(flag, text, "not of the form CONTAINER:HOST[:SIZE]");
  spec::IdMapping mapping;
  const auto number = [&](const std::string& part, std::int64_t least) {
    return static_cast<std::uint32_t>(parse_integer(cat(flag, " ", text, ":"), part, least, 4294967294));
  };
  mapping.container_id = number(parts[0], 0);
  mapping.host_id = number(parts[1], 0);
  mapping.size = parts.size() == 3 ? number(parts[2], 1) : 1;
  return mapping;
}

std::vector<spec::IdMapping> parse_mappings(const char* flag, const std::vector<std::string>& texts) {
  std::vector<spec::IdMapping> mappings;
  for (const std::string& text : texts) mappings.push_back(parse_mapping(flag, text));
  return mappings;
}

// riddler's: the container's 0 is the host's N, and so on.
spec::IdMapping shifted(const Request& request) {
  if (!request.idroot) refuse("--idlen", *request.idlen, "needs --idroot");
  spec::IdMapping mapping;
  mapping.host_id = static_cast<std::uint32_t>(parse_integer("--idroot", *request.idroot, 0, 4294967294));
  mapping.size = static_cast<std::uint32_t>(parse_integer("--idlen", request.idlen.value_or("65536"), 1, 4294967294));
  return mapping;
}

struct Maps {
  std::vector<spec::IdMapping> uids, gids;
  Origin uid_origin, gid_origin;
};

Maps wanted_maps(const Request& request) {
  if (!request.uid_mappings.empty())
    return {request.uid_mappings, request.gid_mappings, from_host("the bundle's ids"), from_host("the bundle's ids")};
  if (request.idroot || request.idlen)
    return {{shifted(request)}, {shifted(request)}, from_flag("--idroot"), from_flag("--idroot")};
  Maps maps{parse_mappings("--uidmap", request.uidmap), parse_mappings("--gidmap", request.gidmap),
            from_flag("--uidmap"), from_flag("--gidmap")};
  if (maps.uids.empty())
    maps.uids = maps.gids, maps.uid_origin = maps.gid_origin; // one given is both, as podman has it
  if (maps.gids.empty()) maps.gids = maps.uids, maps.gid_origin = maps.uid_origin;
  return maps;
}

// A group that is not mapped can own nothing, and the kernel refuses the mount.
void drop_unmapped_groups(Draft& draft) {
  const auto is_unmapped = [&](const std::string& option) {
    if (!option.starts_with("gid=")) return false;
    const auto id = parse_unsigned(std::string_view(option).substr(4));
    return id && !is_mapped(draft.linux_part().gid_mappings, *id);
  };
  for (spec::Mount& mount : draft.config.mounts) {
    std::vector<std::string>& options = mount.options;
    options.erase(std::remove_if(options.begin(), options.end(), is_unmapped), options.end());
  }
}

} // namespace

void apply_id_mappings(Draft& draft) {
  Maps maps = wanted_maps(draft.request);
  if (maps.uids.empty()) {
    if (draft.request.userns == "private" && draft.linux_part().uid_mappings.empty())
      refuse("--userns", "private", "needs --uidmap, or --idroot and --idlen");
    return;
  }
  if (draft.request.userns && draft.request.userns != "private")
    refuse("--userns", *draft.request.userns, "does not go with maps of ids");
  if (!draft.has_namespace("user")) {
    spec::Namespace user;
    user.type = "user";
    draft.linux_part().namespaces.push_back(std::move(user));
    draft.note("linux.namespaces[user]", maps.uid_origin);
  }
  draft.linux_part().uid_mappings = std::move(maps.uids);
  draft.linux_part().gid_mappings = std::move(maps.gids);
  draft.note("linux.uidMappings", std::move(maps.uid_origin));
  draft.note("linux.gidMappings", std::move(maps.gid_origin));
  drop_unmapped_groups(draft);
}

} // namespace oci::specgen
