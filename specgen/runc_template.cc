// What `runc spec` writes, and its rootless form.
#include "specgen/specgen.h"
#include "specgen/templates.h"

#include <algorithm>

namespace oci::specgen {

spec::Mount make_mount(const char* destination, const char* type, const char* source,
                       std::initializer_list<const char*> options) {
  spec::Mount mount;
  mount.destination = destination;
  mount.type = type;
  mount.source = source;
  mount.options.assign(options.begin(), options.end());
  return mount;
}

std::vector<spec::Namespace> make_namespaces(std::initializer_list<const char*> types) {
  std::vector<spec::Namespace> all;
  for (const char* type : types) {
    all.emplace_back();
    all.back().type = type;
  }
  return all;
}

spec::DeviceRule deny_all_devices() {
  spec::DeviceRule rule;
  rule.access = "rwm";
  return rule;
}

namespace {

spec::IdMapping map_root_to(std::uint32_t id) {
  spec::IdMapping mapping;
  mapping.host_id = id;
  mapping.size = 1;
  return mapping;
}

spec::Process template_process() {
  spec::Process process;
  process.terminal = true;
  process.args = {"sh"};
  process.env = {default_path, "TERM=xterm"};
  process.cwd = "/";
  process.no_new_privileges = true;
  spec::Capabilities caps;
  caps.bounding = caps.effective = caps.permitted = {"CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"};
  process.capabilities = std::move(caps);
  spec::Rlimit files;
  files.type = "RLIMIT_NOFILE";
  files.hard = files.soft = 1024;
  process.rlimits = {files};
  return process;
}

} // namespace

spec::RuntimeConfig runc_template(bool cgroup2) {
  spec::RuntimeConfig config;
  config.oci_version = "1.2.1";
  config.process = template_process();
  config.root.emplace();
  config.root->path = "rootfs";
  config.root->readonly = true;
  config.hostname = "runc";
  config.mounts = {
      make_mount("/proc", "proc", "proc", {}),
      make_mount("/dev", "tmpfs", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}),
      make_mount("/dev/pts", "devpts", "devpts",
                 {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"}),
      make_mount("/dev/shm", "tmpfs", "shm", {"nosuid", "noexec", "nodev", "mode=1777", "size=65536k"}),
      make_mount("/dev/mqueue", "mqueue", "mqueue", {"nosuid", "noexec", "nodev"}),
      make_mount("/sys", "sysfs", "sysfs", {"nosuid", "noexec", "nodev", "ro"}),
      make_mount("/sys/fs/cgroup", "cgroup", "cgroup", {"nosuid", "noexec", "nodev", "relatime", "ro"}),
  };
  spec::Linux& linux_part = config.linux_.emplace();
  linux_part.resources.emplace().devices = {deny_all_devices()};
  linux_part.namespaces = make_namespaces({"pid", "network", "ipc", "uts", "mount"});
  if (cgroup2) linux_part.namespaces.push_back(make_namespaces({"cgroup"})[0]);
  linux_part.masked_paths = {"/proc/acpi",          "/proc/asound",     "/proc/kcore",       "/proc/keys",
                             "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug",
                             "/sys/firmware",       "/proc/scsi"};
  linux_part.readonly_paths = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};
  return config;
}

spec::RuntimeConfig runc_template_rootless(bool cgroup2, std::uint32_t uid, std::uint32_t gid) {
  spec::RuntimeConfig config = runc_template(cgroup2);
  spec::Linux& linux_part = *config.linux_;
  linux_part.resources.reset();
  linux_part.uid_mappings = {map_root_to(uid)};
  linux_part.gid_mappings = {map_root_to(gid)};
  std::vector<spec::Namespace>& namespaces = linux_part.namespaces;
  const auto is_network = [](const spec::Namespace& ns) { return ns.type == "network"; };
  namespaces.erase(std::remove_if(namespaces.begin(), namespaces.end(), is_network), namespaces.end());
  namespaces.push_back(make_namespaces({"user"})[0]);
  for (spec::Mount& mount : config.mounts) {
    // A group that is not mapped cannot own anything; without a network namespace of its own there is no sysfs to be
    // had.
    const auto owner = [](const std::string& option) {
      return option.starts_with("gid=") || option.starts_with("uid=");
    };
    mount.options.erase(std::remove_if(mount.options.begin(), mount.options.end(), owner), mount.options.end());
    if (mount.destination == "/sys")
      mount = make_mount("/sys", "none", "/sys", {"rbind", "nosuid", "noexec", "nodev", "ro"});
  }
  return config;
}

} // namespace oci::specgen
