#include "runtime/cgroup.h"

#include "base/files.h"
#include "runtime/cgroup_versions.h"

#include <algorithm>
#include <dirent.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace oci::runtime {

namespace {

long file_system_of(const std::string& path) {
  struct statfs info;
  return statfs(path.c_str(), &info) == 0 ? info.f_type : 0;
}

bool is_folder(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

// The mounts beneath /sys/fs/cgroup of a v1 or hybrid machine, sorted. Links ("cpu" to "cpu,cpuacct") are none.
std::vector<std::string> mounted_hierarchies() {
  std::vector<std::string> found;
  const std::string root(cgroup_root);
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(opendir(root.c_str()), closedir);
  if (!listing) return found;
  while (const dirent* entry = readdir(listing.get())) {
    if (entry->d_type != DT_DIR || entry->d_name[0] == '.') continue;
    const std::string mount = cat(root, "/", entry->d_name);
    const long type = file_system_of(mount);
    if (type == CGROUP_SUPER_MAGIC || type == CGROUP2_SUPER_MAGIC) found.push_back(mount);
  }
  std::sort(found.begin(), found.end());
  return found;
}

// Where names that are not absolute begin. In a container whose /sys/fs/cgroup shows its own cgroup as the root, our
// cgroup's name leads nowhere: then it is the root.
std::string base_folder(const std::string& mount, const std::string& own_cgroups, bool v2) {
  const std::string name = base_name(mount);
  const bool unified = v2 || name == "unified";
  std::string path = cgroup_tree::path_of(own_cgroups, unified ? "" : name.substr(0, name.find(',')));
  if (v2) path = parent_path(path);
  if (path == "/") return mount;
  const std::string folder = clean_path(cat(mount, "/", path));
  return is_folder(folder) ? folder : mount;
}

void add_missing_parents(std::vector<std::string>& parents, const std::string& folder, const std::string& mount) {
  const auto at = static_cast<std::ptrdiff_t>(parents.size());
  for (std::string parent = parent_path(folder); parent.size() > mount.size() && !is_folder(parent);
       parent = parent_path(parent))
    parents.insert(parents.begin() + at, parent);
}

CgroupNames plan_names(const std::vector<std::string>& mounts, const std::string& cgroups_path, const std::string& id,
                       CgroupNames::Kind kind) {
  if (cgroups_path.find('\0') != cgroups_path.npos) fail("linux.cgroupsPath: holds a NUL");
  const bool absolute = cgroups_path.starts_with("/");
  // ".." leads no further up than to where it begins.
  const std::string below = clean_path(cat("/", cgroups_path.empty() ? id : cgroups_path));
  if (below == "/") fail("linux.cgroupsPath: \"", printable(cgroups_path), "\" names no cgroup");
  const std::string own_cgroups = absolute ? "" : read_file("/proc/self/cgroup");
  CgroupNames names{.kind = kind, .folders = {}, .parents = {}};
  for (const std::string& mount : mounts) {
    const std::string base = absolute ? mount : base_folder(mount, own_cgroups, kind == CgroupNames::Kind::v2);
    names.folders.push_back(base + below);
    add_missing_parents(names.parents, names.folders.back(), mount);
  }
  return names;
}

std::unique_ptr<Cgroup> make_object(CgroupNames names, bool may_lack) {
  switch (names.kind) {
  case CgroupNames::Kind::v1:
    return std::make_unique<CgroupV1>(std::move(names), may_lack);
  case CgroupNames::Kind::v2:
    return std::make_unique<CgroupV2>(std::move(names), may_lack);
  case CgroupNames::Kind::none:
    break;
  }
  return std::make_unique<CgroupNone>();
}

} // namespace

std::unique_ptr<Cgroup> Cgroup::create(CgroupManager manager, const std::string& cgroups_path, const std::string& id) {
  if (manager == CgroupManager::systemd) fail("the systemd cgroup manager is not supported");
  if (manager == CgroupManager::disabled) return std::make_unique<CgroupNone>();
  const bool v2 = file_system_of(std::string(cgroup_root)) == CGROUP2_SUPER_MAGIC;
  const auto mounts = v2 ? std::vector{std::string(cgroup_root)} : mounted_hierarchies();
  if (mounts.empty()) return std::make_unique<CgroupNone>();
  CgroupNames names = plan_names(mounts, cgroups_path, id, v2 ? CgroupNames::Kind::v2 : CgroupNames::Kind::v1);
  const bool may_lack = cgroups_path.empty() || geteuid() != 0;
  return make_object(std::move(names), may_lack);
}

std::unique_ptr<Cgroup> Cgroup::open(CgroupNames names) { return make_object(std::move(names), false); }

void CgroupNone::set(const spec::Resources* resources) {
  if (resources) set_limits(*resources);
}

void CgroupNone::set_limits(const spec::Resources& resources) {
  for (const CgroupWrite& setting : v2_writes(resources)) write_setting("", setting);
}

void CgroupNone::freeze() { fail("the container has no cgroup that could be frozen"); }

void write_setting(const std::string& folder, const CgroupWrite& setting) {
  const std::string place = cat("linux.resources.", setting.field);
  if (folder.empty()) {
    if (setting.limit) fail(place, ": the ", setting.controller, " cgroup controller is not available");
    return;
  }
  auto written = cgroup_tree::write(folder, setting.file, setting.value);
  if (written) return;
  if (written.error() == ENOENT && !setting.other_file.empty()) {
    check(cgroup_tree::write(folder, setting.other_file, setting.other_value), place, ": write \"", setting.other_value,
          "\" to ", setting.other_file);
    return;
  }
  if (written.error() == ENOENT && !setting.limit) return;
  check(std::move(written), place, ": write \"", printable(setting.value), "\" to ", printable(setting.file));
}

void enable_controllers(const std::string& folder, std::string_view mount,
                        const std::vector<std::string>& controllers) {
  std::vector<std::string> above;
  for (std::string parent = parent_path(folder); parent.size() >= mount.size(); parent = parent_path(parent))
    above.insert(above.begin(), parent);
  const auto wanted =
      controllers.empty() ? split(cgroup_tree::read(std::string(mount), "cgroup.controllers"), ' ') : controllers;
  for (const std::string& parent : above) {
    const auto enabled = split(cgroup_tree::read(parent, "cgroup.subtree_control"), ' ');
    for (const std::string& controller : wanted) {
      if (controller.empty() || std::find(enabled.begin(), enabled.end(), controller) != enabled.end()) continue;
      // What cannot be had is missed when a limit needs it.
      (void)cgroup_tree::write(parent, "cgroup.subtree_control", cat("+", controller));
    }
  }
}

} // namespace oci::runtime
