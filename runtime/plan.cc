#include "runtime/plan.h"
#include "runtime/net_devices.h"

#include "base/files.h"
#include "runtime/plan_parts.h"

#include <sched.h>

namespace oci::runtime {

namespace {

const spec::Linux& linux_of(const spec::RuntimeConfig& config) {
  static const spec::Linux none;
  return config.linux_ ? *config.linux_ : none;
}

const spec::Hooks& hooks_of(const spec::RuntimeConfig& config) {
  static const spec::Hooks none;
  return config.hooks ? *config.hooks : none;
}

void check_version(const std::string& version) {
  // 1.x, with whatever follows: minor versions only add.
  if (version.substr(0, 2) != "1.") fail("ociVersion: \"", version, "\" is not supported");
}

void refuse(bool present, std::string_view field) {
  if (present) fail(field, ": not supported");
}

void check_hooks(const std::vector<spec::Hook>& hooks, std::string_view kind) {
  for (std::size_t i = 0; i < hooks.size(); ++i) {
    std::string field = cat("hooks.", kind, "[", i, "]");
    check_absolute(hooks[i].path, cat(field, ".path"));
    if (hooks[i].timeout && *hooks[i].timeout <= 0) fail(field, ".timeout: must be greater than 0");
  }
}

void check_all_hooks(const spec::Hooks& hooks) {
  check_hooks(hooks.prestart, "prestart");
  check_hooks(hooks.create_runtime, "createRuntime");
  check_hooks(hooks.create_container, "createContainer");
  check_hooks(hooks.start_container, "startContainer");
  check_hooks(hooks.poststart, "poststart");
  check_hooks(hooks.poststop, "poststop");
}

void check_supported(const spec::Linux& linux_) {
  check_net_devices(linux_);
  refuse(linux_.intel_rdt.has_value(), "linux.intelRdt");
}

} // namespace

std::string clean_inside(std::string_view path) { return clean_path(cat("/", path)); }

void check_absolute(std::string_view path, std::string_view field) {
  if (path.empty() || path.front() != '/') fail(field, ": \"", path, "\" is not an absolute path");
}

bool PlanContext::in_user_namespace() const { return (namespaces() & CLONE_NEWUSER) != 0; }

namespace {

// A container may be created without a process; start then has none (config.md, "process").
const spec::Process& nothing_to_run() {
  static const spec::Process process = [] {
    spec::Process none;
    none.cwd = "/";
    return none;
  }();
  return process;
}

} // namespace

// The order is the point: joined namespaces before new ones, the cgroup namespace after the move into the cgroup, hooks
// when the root is mounted and still in view of the host, everything by mount calls before the pivot, rights last.
InitPlan make_plan(const spec::RuntimeConfig& config, const PlanFacts& facts) {
  const spec::Linux& linux_ = linux_of(config);
  const spec::Hooks& hooks = hooks_of(config);
  check_version(config.oci_version);
  if (!config.root) fail("root: missing");
  check_supported(linux_);
  if (config.process) check_process(*config.process);
  check_all_hooks(hooks);
  const spec::Process& process = config.process ? *config.process : nothing_to_run();

  InitPlan plan;
  if (!linux_.mount_label.empty() && !facts.selinux)
    plan.warnings.emplace_back("linux.mountLabel: ignored, SELinux is not enabled on this host");
  PlanBuilder out;
  PlanContext context{config, facts, out, plan, linux_};
  plan.terminal = process.terminal;
  read_namespaces(context);
  add_namespace_steps(context);
  out.add({.op = Op::session});
  if (facts.new_keyring) out.add({.op = Op::keyring, .s = out.text(cat("_ses.", facts.id))});
  add_names(context);
  add_root(context);
  add_mounts(context);
  if (sets_up_dev(context)) add_devices(context);
  add_console(context, process, sets_up_dev(context));
  // Engines leave it to the runtime to make the working folder; where it cannot be made, entering it says so.
  if (process.cwd != "/") out.add({.op = Op::folder, .flags = step_may_fail, .t = out.text(process.cwd), .a = 0755});
  if (!hooks.prestart.empty() || !hooks.create_runtime.empty() || !hooks.create_container.empty())
    out.add({.op = Op::ask_hooks});
  add_hooks(context, hooks.create_container, "createContainer");
  add_sysctls(context);
  add_labels(context, process);
  add_closed_paths(context);
  add_pivot(context);
  add_process(context, process);
  plan.buffer = out.finish(facts.preserve_fds);
  return plan;
}

ExecPlan make_exec_plan(const spec::RuntimeConfig& container, const spec::Process& process, const PlanFacts& facts) {
  const spec::Linux& linux_ = linux_of(container);
  check_process(process);
  ExecPlan plan;
  PlanBuilder out;
  // startContainer hooks are the container's, not of every process in it.
  spec::RuntimeConfig config;
  config.linux_ = linux_;
  PlanContext context{config, facts, out, plan, *config.linux_};
  plan.terminal = process.terminal;
  plan.enters = true;
  plan.container_pidfd = out.descriptor();
  for (const spec::Namespace& entry : linux_.namespaces) context.joined_namespaces |= namespace_flag(entry.type);
  out.add({.op = Op::enter, .a = plan.container_pidfd, .b = context.joined_namespaces});
  out.add({.op = Op::fork_inside});
  out.add({.op = Op::wait_go});
  if (context.in_user_namespace()) out.add({.op = Op::become_root});
  out.add({.op = Op::session});
  if (facts.new_keyring) out.add({.op = Op::keyring, .s = out.text(cat("_ses.", facts.id))});
  bool own_mounts = (context.namespaces() & CLONE_NEWNS) != 0;
  out.add({.op = Op::open_root, .s = out.text(own_mounts ? "/" : cat("/proc/", facts.container_pid, "/root"))});
  add_console(context, process, false);
  add_labels(context, process);
  if (!own_mounts) out.add({.op = Op::change_root});
  add_process(context, process);
  plan.buffer = out.finish(facts.preserve_fds);
  return plan;
}

} // namespace oci::runtime
