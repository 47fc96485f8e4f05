// What the engines give every container, as data.
#include "specgen/draft.h"
#include "specgen/templates.h"

namespace oci::specgen {

namespace {

spec::DeviceRule device_rule(bool allow, std::int64_t major, std::optional<std::int64_t> minor) {
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

spec::Rlimit rlimit(const char* type, std::uint64_t value) {
  spec::Rlimit limit;
  limit.type = type;
  limit.soft = limit.hard = value;
  return limit;
}

const std::vector<std::string>& dockers_capabilities() {
  static const std::vector<std::string> names = {
      "CAP_CHOWN",   "CAP_DAC_OVERRIDE", "CAP_FSETID",           "CAP_FOWNER",
      "CAP_MKNOD",   "CAP_NET_RAW",      "CAP_SETGID",           "CAP_SETUID",
      "CAP_SETFCAP", "CAP_SETPCAP",      "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT",
      "CAP_KILL",    "CAP_AUDIT_WRITE"};
  return names;
}

// Docker's and runc's: all beneath that describes or changes the machine.
const std::vector<std::string>& usual_readonly_paths() {
  static const std::vector<std::string> paths = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
                                                 "/proc/sysrq-trigger"};
  return paths;
}

spec::Mount proc_mount() { return make_mount("/proc", "proc", "proc", {"nosuid", "noexec", "nodev"}); }
spec::Mount dev_mount() {
  return make_mount("/dev", "tmpfs", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"});
}
spec::Mount pts_mount() {
  return make_mount("/dev/pts", "devpts", "devpts",
                    {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"});
}
spec::Mount sys_mount() { return make_mount("/sys", "sysfs", "sysfs", {"nosuid", "noexec", "nodev", "ro"}); }
spec::Mount mqueue_mount() { return make_mount("/dev/mqueue", "mqueue", "mqueue", {"nosuid", "noexec", "nodev"}); }
spec::Mount shm_mount(const char* size) {
  return make_mount("/dev/shm", "tmpfs", "shm", {"nosuid", "noexec", "nodev", "mode=1777", size});
}

// What all engines have alike: ociVersion is the lowest that has all we write, for older runtimes refuse a newer one,
// and the cgroup namespace is always the container's own (theirs: on cgroup v2 only).
Engine any_engine(const char* name) {
  Engine engine;
  engine.name = name;
  engine.capabilities_of_root_only = true;
  engine.base.oci_version = "1.0.2";
  spec::Process& process = engine.base.process.emplace();
  process.cwd = "/";
  process.env = {default_path};
  process.capabilities = root_capabilities(dockers_capabilities());
  spec::Linux& linux_part = engine.base.linux_.emplace();
  linux_part.namespaces = make_namespaces({"mount", "network", "uts", "pid", "ipc", "cgroup"});
  linux_part.resources.emplace().devices = {deny_all_devices()};
  linux_part.readonly_paths = usual_readonly_paths();
  return engine;
}

// dockerd 29
Engine docker() {
  Engine engine = any_engine("docker");
  engine.default_seccomp = true;
  engine.hostname_from_id = true;
  engine.hostname_in_env = true;
  engine.terminal_env = {"TERM=xterm"};
  engine.sysctl = {{"net.ipv4.ip_unprivileged_port_start", "0"}, {"net.ipv4.ping_group_range", "0 2147483647"}};
  engine.apparmor_profile = "docker-default";
  engine.mask_thermal_throttle = true;

  spec::RuntimeConfig& config = engine.base;
  config.hostname = "oci";
  config.mounts = {
      proc_mount(),
      dev_mount(),
      pts_mount(),
      sys_mount(),
      make_mount("/sys/fs/cgroup", "cgroup", "cgroup", {"ro", "nosuid", "noexec", "nodev"}),
      mqueue_mount(),
      shm_mount("size=67108864"),
  };
  config.linux_->resources->devices = {deny_all_devices(),      device_rule(true, 1, 5),    device_rule(true, 1, 3),
                                       device_rule(true, 1, 9), device_rule(true, 1, 8),    device_rule(true, 5, 0),
                                       device_rule(true, 5, 1), device_rule(false, 10, 229)};
  config.linux_->masked_paths = {"/proc/acpi",
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
  return engine;
}

// podman 4.3 with the containers.conf that it comes with
Engine podman() {
  Engine engine = any_engine("podman");
  engine.default_seccomp = true;
  engine.hostname_from_id = true;
  engine.hostname_in_env = true;
  engine.sysctl = {{"net.ipv4.ping_group_range", "0 0"}};
  engine.apparmor_profile = "containers-default-0.50.1";
  engine.read_only_tmpfs = {"/run", "/tmp", "/var/tmp"};

  spec::RuntimeConfig& config = engine.base;
  config.hostname = "oci";
  spec::Process& process = *config.process;
  process.user.umask = 022;
  process.env = {default_path, "TERM=xterm", "container=podman"};
  process.rlimits = {rlimit("RLIMIT_NOFILE", 1048576), rlimit("RLIMIT_NPROC", 1048576)};
  process.capabilities = root_capabilities({"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL",
                                            "CAP_NET_BIND_SERVICE", "CAP_SETFCAP", "CAP_SETGID", "CAP_SETPCAP",
                                            "CAP_SETUID", "CAP_SYS_CHROOT"});
  config.mounts = {
      proc_mount(),
      make_mount("/dev", "tmpfs", "tmpfs", {"nosuid", "noexec", "strictatime", "mode=755", "size=65536k"}),
      sys_mount(),
      pts_mount(),
      mqueue_mount(),
      make_mount("/sys/fs/cgroup", "cgroup", "cgroup", {"rprivate", "nosuid", "noexec", "nodev", "relatime", "ro"}),
      shm_mount("size=65536000"),
  };
  config.linux_->resources->pids.emplace().limit = 2048;
  config.linux_->masked_paths = {"/proc/acpi",       "/proc/kcore",       "/proc/keys",        "/proc/latency_stats",
                                 "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi",
                                 "/sys/firmware",    "/sys/fs/selinux",   "/sys/dev/block"};
  config.linux_->readonly_paths.insert(config.linux_->readonly_paths.begin(), "/proc/asound");
  return engine;
}

// containerd 1.6, as ctr run has it: no seccomp filter unless asked for
Engine containerd() {
  Engine engine = any_engine("containerd");
  engine.terminal_env = {"TERM=xterm"};
  engine.capabilities_of_root_only = false;

  spec::RuntimeConfig& config = engine.base;
  spec::Process& process = *config.process;
  process.no_new_privileges = true;
  process.rlimits = {rlimit("RLIMIT_NOFILE", 1024)};
  config.mounts = {
      proc_mount(),
      dev_mount(),
      pts_mount(),
      shm_mount("size=65536k"),
      mqueue_mount(),
      sys_mount(),
      make_mount("/run", "tmpfs", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}),
  };
  spec::Resources& resources = *config.linux_->resources;
  resources.cpu.emplace().shares = 1024;
  resources.devices = {deny_all_devices()};
  for (const auto& [major, minor] : std::initializer_list<std::pair<std::int64_t, std::int64_t>>{
           {1, 3}, {1, 8}, {1, 7}, {5, 0}, {1, 5}, {1, 9}, {5, 1}})
    resources.devices.push_back(device_rule(true, major, minor));
  resources.devices.push_back(device_rule(true, 136, std::nullopt)); // terminals
  resources.devices.push_back(device_rule(true, 5, 2));
  config.linux_->masked_paths = runc_template(false).linux_->masked_paths;
  return engine;
}

// What `runc spec` writes, for an image: its command and terminal are the image's and the user's.
Engine runc() {
  Engine engine;
  engine.name = "runc";
  engine.base = runc_template(true);
  engine.base.process->terminal = false;
  engine.base.process->args.clear();
  return engine;
}

const std::vector<Engine>& engines() {
  static const std::vector<Engine> all = {docker(), podman(), containerd(), runc()};
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
