#include "base/files.h"
#include "base/sys.h"
#include "runtime/cgroup_devices.h"
#include "runtime/cgroup_versions.h"

#include <algorithm>
#include <poll.h>
#include <unistd.h>

namespace oci::runtime {

namespace {

constexpr auto freeze_patience = std::chrono::seconds(2);

// "/sys/fs/cgroup/cpu,cpuacct/a/b" is in the hierarchy "cpu,cpuacct".
std::string_view hierarchy(const std::string& folder) {
  const std::string_view below = std::string_view(folder).substr(cgroup_root.size() + 1);
  return below.substr(0, below.find('/'));
}

bool holds(const std::string& folder, std::string_view controller) {
  const auto controllers = split(hierarchy(folder), ',');
  return std::find(controllers.begin(), controllers.end(), controller) != controllers.end();
}

std::string mount_of(const std::string& folder) { return cat(cgroup_root, "/", hierarchy(folder)); }

void write_device_line(int file, const std::string& line) {
  const auto written = sys::write(file, line.data(), line.size());
  if (!written) fail_errno(written.error(), cat("linux.resources.devices: write \"", line, "\""));
}

Fd open_device_file(const std::string& folder, const char* name) {
  return check(sys::open(cat(folder, "/", name), O_WRONLY), "linux.resources.devices: open ", folder, "/", name);
}

constexpr std::string_view memory_limit = "memory.limit_in_bytes", swap_limit = "memory.memsw.limit_in_bytes";

// Memory's limit may never be above that of memory and swap: which of them comes first depends on what is set.
bool raises_memory(const std::string& folder, const std::vector<CgroupWrite>& settings) {
  for (const CgroupWrite& setting : settings) {
    if (setting.file != memory_limit) continue;
    const auto both = parse_unsigned(cgroup_tree::read(folder, swap_limit));
    const auto wanted = parse_unsigned(setting.value); // not of -1, which is above everything
    return both && (!wanted || *wanted > *both);
  }
  return false;
}

void swap_before_memory(std::vector<CgroupWrite>& settings) {
  const auto named = [](std::string_view file) {
    return [file](const CgroupWrite& setting) { return setting.file == file; };
  };
  const auto memory = std::find_if(settings.begin(), settings.end(), named(memory_limit));
  const auto swap = std::find_if(settings.begin(), settings.end(), named(swap_limit));
  if (memory != settings.end() && swap != settings.end() && memory < swap) std::rotate(memory, swap, swap + 1);
}

} // namespace

std::string CgroupV1::folder_of(std::string_view controller) const {
  for (const std::string& folder : names_.folders)
    if (holds(folder, controller)) return folder;
  return "";
}

std::string CgroupV1::main_folder() const {
  const std::string freezer = folder_of("freezer");
  return !freezer.empty() || names_.folders.empty() ? freezer : names_.folders.front();
}

// A new cpuset is empty, and no process can join it before it has been given what its parent has.
void CgroupV1::prepare(const std::string& folder, bool is_new) {
  if (!holds(folder, "cpuset")) return;
  for (const char* file : {"cpuset.cpus", "cpuset.mems"}) {
    if (!is_new && !cgroup_tree::read(folder, file).empty()) continue;
    check(cgroup_tree::write(folder, file, cgroup_tree::read(parent_path(folder), file)), "set ", folder, "/", file);
  }
}

void CgroupV1::set(const spec::Resources* resources) {
  set_devices(resources);
  if (resources) set_limits(*resources);
}

void CgroupV1::set_limits(const spec::Resources& resources) {
  const std::string unified = folder_of("unified");
  std::vector<CgroupWrite> settings = v1_writes(resources);
  if (raises_memory(folder_of("memory"), settings)) swap_before_memory(settings);
  for (const CgroupWrite& setting : settings) {
    const std::string folder = folder_of(setting.controller);
    // What a hybrid machine has on its v2 side is set there.
    if (folder.empty() && !unified.empty() && (setting.controller == "hugetlb" || setting.controller == "rdma"))
      continue;
    write_setting(folder, setting);
  }
  set_unified(resources);
}

std::optional<std::uint64_t> CgroupV1::memory_usage() const {
  return parse_unsigned(cgroup_tree::read(folder_of("memory"), "memory.usage_in_bytes"));
}

void CgroupV1::set_unified(const spec::Resources& resources) {
  spec::Resources v2;
  if (folder_of("hugetlb").empty()) v2.hugepage_limits = resources.hugepage_limits;
  if (folder_of("rdma").empty()) v2.rdma = resources.rdma;
  v2.unified = resources.unified;
  const std::vector<CgroupWrite> settings = v2_writes(v2);
  if (settings.empty()) return;
  const std::string folder = folder_of("unified");
  std::vector<std::string> controllers;
  for (const CgroupWrite& setting : settings) controllers.push_back(setting.controller);
  if (!folder.empty()) enable_controllers(folder, mount_of(folder), controllers);
  for (const CgroupWrite& setting : settings) write_setting(folder, setting);
}

void CgroupV1::set_devices(const spec::Resources* resources) {
  static const std::vector<spec::DeviceRule> none;
  const DevicePolicy policy = device_policy(resources ? resources->devices : none);
  const std::string folder = folder_of("devices");
  if (folder.empty()) {
    if (resources && !resources->devices.empty() && geteuid() == 0)
      fail("linux.resources.devices: no devices controller is mounted");
    return;
  }
  const Fd allow = open_device_file(folder, "devices.allow");
  const Fd deny = open_device_file(folder, "devices.deny");
  write_device_line(policy.allow ? allow.get() : deny.get(), "a");
  for (const DeviceException& exception : policy.exceptions)
    write_device_line(policy.allow ? deny.get() : allow.get(), device_line(exception));
}

void CgroupV1::join(pid_t pid, pid_t) {
  const std::string text = std::to_string(pid);
  for (const std::string& folder : names_.folders)
    check(cgroup_tree::write(folder, "cgroup.procs", text), "move process ", pid, " into cgroup ", folder);
}

void CgroupV1::freeze() {
  const std::string folder = folder_of("freezer");
  if (folder.empty()) fail("freeze: no freezer controller is mounted");
  const auto deadline = std::chrono::steady_clock::now() + freeze_patience;
  for (;;) {
    // Written again each time: a task that was forking is caught by the next write only.
    check(cgroup_tree::write(folder, "freezer.state", "FROZEN"), "freeze ", folder);
    const std::string state = cgroup_tree::read(folder, "freezer.state");
    if (state == "FROZEN") return;
    if (std::chrono::steady_clock::now() >= deadline) {
      thaw();
      fail("freeze ", folder, ": it stays ", to_lower(state));
    }
    poll(nullptr, 0, 1);
  }
}

void CgroupV1::thaw() {
  const std::string folder = folder_of("freezer");
  if (folder.empty()) return;
  const auto written = cgroup_tree::write(folder, "freezer.state", "THAWED");
  if (!written && !cgroup_tree::is_gone(written.error())) fail_errno(written.error(), cat("thaw ", folder));
}

bool CgroupV1::frozen() const {
  const std::string folder = folder_of("freezer");
  return !folder.empty() && cgroup_tree::read(folder, "freezer.state") == "FROZEN";
}

} // namespace oci::runtime
