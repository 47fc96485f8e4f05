#include "base/files.h"
#include "base/sys.h"
#include "runtime/cgroup_versions.h"

#include <poll.h>
#include <unistd.h>

namespace oci::runtime {

namespace {

constexpr auto freeze_patience = std::chrono::seconds(10);

bool reports_frozen(const std::string& folder) {
  const std::string events = cat("\n", cgroup_tree::read(folder, "cgroup.events"), "\n");
  return events.find("\nfrozen 1\n") != events.npos;
}

} // namespace

void CgroupV2::prepare(const std::string&, bool) {}

void CgroupV2::set(const spec::Resources* resources) {
  static const spec::Resources nothing;
  const spec::Resources& wanted = resources ? *resources : nothing;
  set_limits(wanted);
  const std::string folder = main_folder();
  if (!folder.empty() && geteuid() == 0) attach_device_program(folder, wanted.devices);
}

void CgroupV2::set_limits(const spec::Resources& resources) {
  const std::string folder = main_folder();
  const std::vector<CgroupWrite> settings = v2_writes(resources);
  if (!folder.empty()) enable_controllers(folder, cgroup_root, {});
  for (const CgroupWrite& setting : settings) write_setting(folder, setting);
}

std::optional<std::uint64_t> CgroupV2::memory_usage() const {
  return parse_unsigned(cgroup_tree::read(main_folder(), "memory.current"));
}

Fd CgroupV2::clone_into() const {
  if (names_.folders.empty()) return Fd();
  return check(sys::open(main_folder(), O_PATH | O_DIRECTORY), "open cgroup ", main_folder());
}

void CgroupV2::join(pid_t pid, pid_t init) {
  if (names_.folders.empty()) return;
  auto joined = cgroup_tree::write(main_folder(), "cgroup.procs", std::to_string(pid));
  // The container has moved its processes into cgroups of its own, so that this one is an inner node.
  if (!joined && init != 0 && (joined.error() == EBUSY || joined.error() == EOPNOTSUPP)) {
    const std::string path = cgroup_tree::path_of(read_file(cat("/proc/", init, "/cgroup")), "");
    joined = cgroup_tree::write(cat(cgroup_root, path), "cgroup.procs", std::to_string(pid));
  }
  check(std::move(joined), "move process ", pid, " into cgroup ", main_folder());
}

void CgroupV2::freeze() {
  const std::string folder = main_folder();
  check(cgroup_tree::write(folder, "cgroup.freeze", "1"), "freeze ", folder);
  const Fd events = check(sys::open(cat(folder, "/cgroup.events"), O_RDONLY), "open ", folder, "/cgroup.events");
  const auto deadline = std::chrono::steady_clock::now() + freeze_patience;
  while (!reports_frozen(folder)) {
    if (std::chrono::steady_clock::now() >= deadline) {
      thaw();
      fail("freeze ", folder, ": its processes do not stop");
    }
    // The kernel wakes us when the file changes; it may have, between the look and the wait.
    pollfd watched{events.get(), POLLPRI, 0};
    poll(&watched, 1, 10);
  }
}

void CgroupV2::thaw() {
  const auto written = cgroup_tree::write(main_folder(), "cgroup.freeze", "0");
  if (!written && !cgroup_tree::is_gone(written.error())) fail_errno(written.error(), cat("thaw ", main_folder()));
}

bool CgroupV2::frozen() const { return reports_frozen(main_folder()); }

bool CgroupV2::kill_at_once() {
  // Before Linux 5.14 there is no such file.
  return cgroup_tree::write(main_folder(), "cgroup.kill", "1").has_value();
}

std::string CgroupV2::folder_of(std::string_view controller) const {
  const std::string controllers = cat(" ", cgroup_tree::read(main_folder(), "cgroup.controllers"), " ");
  return controllers.find(cat(" ", controller, " ")) == controllers.npos ? "" : main_folder();
}

} // namespace oci::runtime
