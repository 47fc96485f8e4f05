#include "cli/rootless_needs.h"

#include "cli/host_state.h"

#include "base/text.h"
#include "base/user_namespace.h"

#include <cstdlib>
#include <pwd.h>
#include <unistd.h>

namespace oci::cli {

namespace {

bool is_set_to(const char* path, std::string_view value) { return trim(host_fact(path)) == value; }

std::string caller() {
  const passwd* user = ::getpwuid(::getuid());
  return user != nullptr ? user->pw_name : std::to_string(::getuid());
}

std::uint64_t subordinates(const char* file, const std::string& user) {
  const IdMap map = with_subordinates(host_fact(file), user, ::getuid(), ::getuid());
  std::uint64_t count = 0;
  for (std::size_t i = 1; i < map.size(); ++i) count += map[i].size; // the first is the user's own
  return count;
}

std::uint64_t user_namespaces() {
  if (is_set_to("/proc/sys/kernel/unprivileged_userns_clone", "0")) return 0; // Debian's own switch
  return parse_unsigned(trim(host_fact("/proc/sys/user/max_user_namespaces"))).value_or(0);
}

// "0::/user.slice/…" of /proc/self/cgroup, where cgroup2 is mounted on the usual place.
bool may_divide_own_cgroup() {
  for (const std::string& line : split(host_fact("/proc/self/cgroup"), '\n')) {
    if (!line.starts_with("0::/")) continue;
    const std::string folder = cat("/sys/fs/cgroup", line.substr(3));
    return ::access(folder.c_str(), W_OK) == 0 && ::access(cat(folder, "/cgroup.procs").c_str(), W_OK) == 0;
  }
  return false;
}

} // namespace

RootlessFacts read_rootless_facts() {
  RootlessFacts facts;
  facts.user = caller();
  facts.user_namespaces = user_namespaces();
  facts.forbidden_by_apparmor = is_set_to("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1");
  facts.has_helpers = !id_helper_path("newuidmap").empty() && !id_helper_path("newgidmap").empty();
  facts.uids = subordinates("/etc/subuid", facts.user);
  facts.gids = subordinates("/etc/subgid", facts.user);
  const char* folder = std::getenv("XDG_RUNTIME_DIR");
  if (folder != nullptr && ::access(folder, W_OK) == 0) facts.runtime_folder = folder;
  facts.may_limit = may_divide_own_cgroup();
  return facts;
}

std::vector<Lack> rootless_lacks(const RootlessFacts& facts, const HostState& host) {
  std::vector<Lack> lacks;
  if (!host.kernel_at_least(5, 12)) lacks.push_back({"a kernel of 5.12 or newer", "update the kernel"});
  if (facts.user_namespaces == 0)
    lacks.push_back({"user namespaces for users",
                     "sysctl user.max_user_namespaces=15000, and on Debian kernel.unprivileged_userns_clone=1"});
  if (facts.forbidden_by_apparmor)
    lacks.push_back(
        {"user namespaces with rights: AppArmor takes them away",
         "an AppArmor profile for oci with \"userns,\", or sysctl kernel.apparmor_restrict_unprivileged_userns=0"});
  if (!facts.has_helpers) lacks.push_back({"newuidmap and newgidmap", "install the package uidmap"});
  if (facts.uids == 0 || facts.gids == 0)
    lacks.push_back({"subordinate ids: an image's files of other users get one owner",
                     cat("usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ", facts.user)});
  if (facts.runtime_folder.empty())
    lacks.push_back({"$XDG_RUNTIME_DIR", cat("log in through systemd-logind, or loginctl enable-linger ", facts.user)});
  if (host.cgroups != HostState::Cgroups::v2)
    lacks.push_back({"limits: cgroup v2", "boot with systemd.unified_cgroup_hierarchy=1"});
  else if (!facts.may_limit)
    lacks.push_back({"limits: a cgroup of the user's own", "systemd-run --user --scope -p Delegate=yes oci …"});
  return lacks;
}

} // namespace oci::cli
