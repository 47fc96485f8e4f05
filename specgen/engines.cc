// What the engines give every container, as data.
#include "specgen/draft.h"
#include "specgen/templates.h"

namespace oci::specgen {

namespace {

spec::DeviceRule device_rule(bool allow, std::int64_t major, std::int64_t minor) {
  spec::DeviceRule rule;
  rule.allow = allow;
  rule.type = "c";
  rule.major = major;
  rule.minor = minor;
  rule.access = "rwm";
  return rule;
}

spec::Capabilities root_capabilities(std::vector<std::string> names) {
  spec::Capabilities caps;
  caps.bounding = caps.effective = caps.permitted = std::move(names);
  return caps;
}

// dockerd 29. Differences: the cgroup namespace is always the container's own (Docker: on cgroup v2 only), and
// ociVersion is the lowest that has all we write, for older runtimes refuse a newer one.
Engine docker() {
  Engine engine;
  engine.name = "docker";
  engine.default_seccomp = true;
  engine.hostname_from_id = true;
  engine.hostname_in_env = true;
  engine.terminal_env = {"TERM=xterm"};
  engine.capabilities_of_root_only = true;
  engine.privileged_ports = true;
  engine.apparmor_profile = "docker-default";
  engine.mask_thermal_throttle = true;

  spec::RuntimeConfig& config = engine.base;
  config.oci_version = "1.0.2";
  config.hostname = "oci";
  spec::Process& process = config.process.emplace();
  process.cwd = "/";
  process.env = {default_path};
  process.capabilities = root_capabilities({"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD",
                                            "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP", "CAP_SETPCAP",
                                            "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE"});
  config.mounts = {
      make_mount("/proc", "proc", "proc", {"nosuid", "noexec", "nodev"}),
      make_mount("/dev", "tmpfs", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}),
      make_mount("/dev/pts", "devpts", "devpts",
                 {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"}),
      make_mount("/sys", "sysfs", "sysfs", {"nosuid", "noexec", "nodev", "ro"}),
      make_mount("/sys/fs/cgroup", "cgroup", "cgroup", {"ro", "nosuid", "noexec", "nodev"}),
      make_mount("/dev/mqueue", "mqueue", "mqueue", {"nosuid", "noexec", "nodev"}),
      make_mount("/dev/shm", "tmpfs", "shm", {"nosuid", "noexec", "nodev", "mode=1777", "size=67108864"}),
  };
  spec::Linux& linux_part = config.linux_.emplace();
  linux_part.namespaces = make_namespaces({"mount", "network", "uts", "pid", "ipc", "cgroup"});
  linux_part.resources.emplace().devices = {
      deny_all_devices(),      device_rule(true, 1, 5), device_rule(true, 1, 3), device_rule(true, 1, 9),
      device_rule(true, 1, 8), device_rule(true, 5, 0), device_rule(true, 5, 1), device_rule(false, 10, 229)};
  linux_part.masked_paths = {"/proc/acpi",
                             "/proc/asound",
                             "/proc/interrupts",
                             "/proc/kcore",
                             "/proc/keys",
                             "/proc/latency_stats",
                             "/proc/sched_debug",
                             "/proc/scsi",
                             "/proc/timer_list",
                             "/proc/timer_stats",
                             "/sys/devices/virtual/powercap",
                             "/sys/firmware"};
  linux_part.readonly_paths = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};
  return engine;
}

const std::vector<Engine>& engines() {
  static const std::vector<Engine> all = {docker()};
  return all;
}

} // namespace

std::vector<std::string> engine_names() {
  std::vector<std::string> names;
  for (const Engine& one : engines()) names.push_back(one.name);
  return names;
}

Engine engine_of_file(spec::RuntimeConfig base, std::string name) {
  Engine engine;
  engine.base = std::move(base);
  engine.name = std::move(name);
  engine.is_file = true;
  return engine;
}

const Engine& engine(std::string_view name) {
  for (const Engine& one : engines())
    if (one.name == name) return one;
  refuse("--engine", name, "not one of ", join(engine_names(), ", "));
}

} // namespace oci::specgen
