#include "cli/host_check.h"

#include "cli/host_facts.h"
#include "cli/host_state.h"

#include "base/sys.h"
#include "base/text.h"
#include "spec/capability_names.h"

#include <algorithm>
#include <unistd.h>

namespace oci::cli {

namespace {

bool holds(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

class HostCheck {
public:
  HostCheck(const spec::RuntimeConfig& config, std::string bundle)
      : config_(config), bundle_(std::move(bundle)), state_(read_host_state()), facts_(gather_host_facts({})) {}

  std::vector<spec::Finding> run() {
    check_rights();
    for (std::size_t i = 0; i < config_.mounts.size(); ++i) check_mount(config_.mounts[i], cat("mounts[", i, "]"));
    if (config_.process) check_process(*config_.process);
    if (config_.hooks) check_hooks(*config_.hooks);
    if (config_.linux_) check_linux(*config_.linux_);
    return std::move(findings_);
  }

private:
  template <class... Parts>
  void error(std::string path, const Parts&... parts) {
    findings_.push_back({spec::Finding::Level::error, std::move(path), cat(parts...)});
  }
  template <class... Parts>
  void warn(std::string path, const Parts&... parts) {
    findings_.push_back({spec::Finding::Level::warning, std::move(path), cat(parts...)});
  }

  std::string in_bundle(const std::string& path) const {
    return path.starts_with('/') ? path : cat(bundle_, "/", path);
  }

  bool has_namespace(std::string_view type) const {
    if (!config_.linux_) return false;
    const auto& spaces = config_.linux_->namespaces;
    return std::any_of(spaces.begin(), spaces.end(), [&](const spec::Namespace& space) { return space.type == type; });
  }

  void check_rights() {
    if (::geteuid() != 0 && !has_namespace("user"))
      error("linux.namespaces", "you are not root: a container of yours needs a user namespace (oci spec --rootless)");
  }

  void check_mount(const spec::Mount& mount, const std::string& path) {
    const bool bind = holds(mount.options, "bind") || holds(mount.options, "rbind") || mount.type == "bind";
    if (bind) {
      if (const auto status = sys::stat(in_bundle(mount.source)); !status && !mount.source.empty())
        error(cat(path, ".source"), in_bundle(mount.source), ": ", errno_text(status.error().value));
    } else if (!mount.type.empty() && mount.type != "cgroup" && mount.type != "none" &&
               !holds(state_.file_systems, mount.type)) {
      error(cat(path, ".type"), "the kernel has no file system \"", printable(mount.type, 80), "\" (or not loaded)");
    }
    if ((holds(mount.options, "idmap") || holds(mount.options, "ridmap")) && !state_.kernel_at_least(5, 12))
      error(cat(path, ".options"), "mapped mounts need kernel 5.12, this is ", state_.kernel);
  }

  void check_process(const spec::Process& process) {
    if (process.capabilities && facts_.capabilities) check_bounding(process.capabilities->bounding);
    for (std::size_t i = 0; i < process.rlimits.size(); ++i) {
      const spec::Rlimit& limit = process.rlimits[i];
      const auto ours = facts_.hard_limits.find(limit.type);
      if (!may_raise_limits() && ours != facts_.hard_limits.end() && limit.hard > ours->second)
        error(cat("process.rlimits[", i, "].hard"), "above ours, ", ours->second, ", and we may not raise it");
    }
    const std::string& profile = process.apparmor_profile;
    if (!profile.empty() && profile != "unconfined" && !holds(facts_.apparmor_profiles, profile))
      error("process.apparmorProfile", "no profile \"", printable(profile, 80), "\" is loaded");
    if (!process.selinux_label.empty() && !holds(state_.security_modules, "selinux"))
      error("process.selinuxLabel", "SELinux is not enabled");
  }

  // The capability to exceed hard limits is number 24.
  bool may_raise_limits() const { return !facts_.capabilities || (*facts_.capabilities >> 24 & 1) != 0; }

  void check_bounding(const std::vector<std::string>& names) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto at = std::find(spec::capability_names.begin(), spec::capability_names.end(), names[i]);
      if (at == spec::capability_names.end()) continue;
      const auto number = static_cast<unsigned>(at - spec::capability_names.begin());
      if ((*facts_.capabilities >> number & 1) == 0)
        warn(cat("process.capabilities.bounding[", i, "]"), "we do not hold ", names[i], " and cannot give it");
    }
  }

  void check_hooks(const spec::Hooks& hooks) {
    check_programs("prestart", hooks.prestart);
    check_programs("createRuntime", hooks.create_runtime);
    check_programs("createContainer", hooks.create_container);
    check_programs("poststart", hooks.poststart);
    check_programs("poststop", hooks.poststop);
  }

  void check_programs(std::string_view name, const std::vector<spec::Hook>& hooks) {
    for (std::size_t i = 0; i < hooks.size(); ++i)
      if (!hooks[i].path.empty() && ::access(hooks[i].path.c_str(), X_OK) != 0)
        error(cat("hooks.", name, "[", i, "].path"), hooks[i].path, ": ", errno_text(errno));
  }

  void check_linux(const spec::Linux& part) {
    for (std::size_t i = 0; i < part.namespaces.size(); ++i) {
      const spec::Namespace& space = part.namespaces[i];
      const std::string path = cat("linux.namespaces[", i, "]");
      if (!space.type.empty() && !holds(state_.namespaces, space.type))
        error(cat(path, ".type"), "the kernel has no ", printable(space.type, 80), " namespaces");
      if (!space.path.empty())
        if (const auto status = sys::stat(space.path); !status)
          error(cat(path, ".path"), space.path, ": ", errno_text(status.error().value));
    }
    for (const auto& [name, device] : part.net_devices)
      if (!sys::stat(cat("/sys/class/net/", name)))
        error(cat("linux.netDevices[\"", printable(name, 80), "\"]"), "no such interface");
    if (part.intel_rdt && !state_.resctrl)
      error("linux.intelRdt", "no resctrl file system is mounted at /sys/fs/resctrl");
    for (const auto& [name, value] : part.sysctl) check_sysctl(name);
    if (part.resources) check_controllers(*part.resources);
    if (part.seccomp) check_seccomp(*part.seccomp);
    if (!part.mount_label.empty() && !holds(state_.security_modules, "selinux"))
      error("linux.mountLabel", "SELinux is not enabled");
  }

  void check_sysctl(const std::string& name) {
    std::string file = name;
    if (const auto first = name.find_first_of("./"); first != std::string::npos && name[first] == '.')
      for (char& c : file) c = c == '.' ? '/' : c == '/' ? '.' : c;
    if (!sys::stat(cat("/proc/sys/", file)))
      warn(cat("linux.sysctl[\"", printable(name, 80), "\"]"), "the kernel has no such setting here");
  }

  void need_controller(bool wanted, std::string_view field, std::string_view name) {
    if (wanted && !state_.has_controller(name))
      error(cat("linux.resources.", field), "there is no cgroup controller ", name);
  }

  void check_controllers(const spec::Resources& resources) {
    const bool v2 = state_.cgroups == HostState::Cgroups::v2;
    const auto& cpu = resources.cpu;
    need_controller(resources.memory.has_value(), "memory", "memory");
    need_controller(cpu && (cpu->shares || cpu->quota || cpu->period || cpu->burst || cpu->idle), "cpu", "cpu");
    need_controller(cpu && (!cpu->cpus.empty() || !cpu->mems.empty()), "cpu", "cpuset");
    need_controller(resources.pids.has_value(), "pids", "pids");
    need_controller(resources.block_io.has_value(), "blockIO", v2 ? "io" : "blkio");
    need_controller(!resources.hugepage_limits.empty(), "hugepageLimits", "hugetlb");
    need_controller(!resources.rdma.empty(), "rdma", "rdma");
    const auto& network = resources.network;
    if (v2 && network && (network->class_id || !network->priorities.empty()))
      error("linux.resources.network", "cgroup v2 has no controller for it");
    need_controller(!v2 && network && network->class_id, "network", "net_cls");
    need_controller(!v2 && network && !network->priorities.empty(), "network", "net_prio");
    if (!v2 && !resources.unified.empty()) error("linux.resources.unified", "is cgroup v2's, this machine has v1");
  }

  void check_action(const std::string& path, std::string_view action) {
    if (action.substr(0, 9) != "SCMP_ACT_") return;
    std::string name = to_lower(action.substr(9));
    if (name == "kill") name = "kill_thread";
    if (name == "notify") name = "user_notif";
    if (!holds(state_.seccomp_actions, name)) error(path, "the kernel has no seccomp action ", name);
  }

  void check_seccomp(const spec::Seccomp& seccomp) {
    if (state_.seccomp_actions.empty()) return error("linux.seccomp", "the kernel has no seccomp filters");
    check_action("linux.seccomp.defaultAction", seccomp.default_action);
    for (std::size_t i = 0; i < seccomp.syscalls.size(); ++i)
      check_action(cat("linux.seccomp.syscalls[", i, "].action"), seccomp.syscalls[i].action);
  }

  const spec::RuntimeConfig& config_;
  const std::string bundle_;
  const HostState state_;
  const specgen::HostFacts facts_;
  std::vector<spec::Finding> findings_;
};

} // namespace

std::vector<spec::Finding> check_for_host(const spec::RuntimeConfig& config, const std::string& bundle) {
  return HostCheck(config, bundle).run();
}

} // namespace oci::cli
