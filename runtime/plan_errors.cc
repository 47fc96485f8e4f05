#include "base/error.h"
#include "base/sys.h"
#include "runtime/plan.h"
#include "runtime/plan_builder.h"

#include <cerrno>
#include <sys/wait.h>

namespace oci::runtime {

namespace {

std::string program_failure(const std::string& program, Detail why, int error) {
  std::string start = cat("exec: \"", program, "\": ");
  switch (why) {
  case Detail::not_in_path:
    return cat(start, "executable file not found in $PATH");
  case Detail::missing:
    return cat(start, "stat ", program, ": ", errno_text(error));
  case Detail::is_folder:
    return cat(start, "is a directory: permission denied");
  default:
    return cat(start, errno_text(error));
  }
}

// ["/bin/ps -a"], meant as ["/bin/ps", "-a"].
std::string one_text(const std::vector<std::string>& args) {
  if (args.size() != 1 || args[0].find(' ') == std::string::npos) return "";
  return cat(": args is one text with spaces in it, and the whole was taken as the program's name; give each word its "
             "own place");
}

std::string mount_text(const PlanView& plan, const PlanStep& step) {
  MountStep mount = plan.mount(step);
  std::string what = (mount.flags & mount_bind) != 0 ? plan.text(step.s) : plan.text(mount.type);
  return cat("mount ", what, " on ", plan.text(step.t));
}

std::string mount_failure(const PlanView& plan, const PlanStep& step, std::uint32_t detail, int error) {
  std::string start = mount_text(plan, step);
  std::string why = errno_text(error);
  switch (static_cast<Detail>(detail & 0xff)) {
  case Detail::source:
    return cat(start, ": source: ", why);
  case Detail::destination:
    return cat(start, ": destination: ", why);
  case Detail::inside_proc:
    return cat(start, ": the destination is inside proc");
  case Detail::not_plain:
    return cat(start, ": the destination must be a plain directory, not reached through a link");
  case Detail::not_proc:
    return cat(start, ": the source is not proc");
  case Detail::copy_up:
    return cat(start, ": copy what it covers: ", why);
  case Detail::option: {
    std::vector<std::string> options = plan.list(plan.mount(step).options);
    std::uint32_t index = detail >> 8;
    return cat(start, ": option \"", index < options.size() ? options[index] : "", "\": ", why);
  }
  default:
    return cat(start, ": ", why);
  }
}

std::string hook_failure(const PlanView& plan, const PlanStep& step, const SyncMessage& failed) {
  std::string start = cat(plan.text(step.t), " hook ", step.d, " (", plan.text(step.s), "): ");
  int status = static_cast<int>(failed.detail);
  if (failed.error == ETIMEDOUT) return cat(start, "killed after its timeout of ", step.c, " s");
  if (failed.error != ECHILD || status == 0) return cat(start, errno_text(failed.error));
  if (WIFSIGNALED(status)) return cat(start, "killed by signal ", WTERMSIG(status));
  return cat(start, "exit status ", WEXITSTATUS(status));
}

// What a step does, for ": permission denied" behind it.
bool is_selinux(const PlanView& plan, const PlanStep& step) { return plan.text(step.s) == "exec"; }

std::string step_text(const PlanView& plan, const PlanStep& step) {
  switch (step.op) {
  case Op::wait_go:
  case Op::ask_hooks:
  case Op::ready:
    return "wait for the runtime";
  case Op::become_root:
    return "become root of the user namespace";
  case Op::enter:
    return "enter a namespace";
  case Op::fork_inside:
    return "fork inside of the namespaces";
  case Op::unshare:
    return "make the cgroup or time namespace";
  case Op::time_offsets:
    return "linux.timeOffsets";
  case Op::keyring:
    return "make a session keyring";
  case Op::session:
    return "make a session";
  case Op::hostname:
    return cat("set the hostname to ", plan.text(step.s));
  case Op::domainname:
    return cat("set the domainname to ", plan.text(step.s));
  case Op::loopback_up:
    return "set the loopback interface up";
  case Op::propagation:
    return "linux.rootfsPropagation";
  case Op::parent_private:
    return cat("make the mount of ", plan.text(step.s), " private");
  case Op::open_root:
    return cat("root.path: ", plan.text(step.s));
  case Op::mount:
    return mount_text(plan, step);
  case Op::device:
    return cat("make the device ", plan.text(step.t));
  case Op::link:
    return cat("make the link ", plan.text(step.t));
  case Op::folder:
    return cat("make the directory ", plan.text(step.t));
  case Op::console:
    return "open a terminal on the container's /dev/pts/ptmx";
  case Op::mask:
    return cat("mask ", plan.text(step.t));
  case Op::read_only:
    return cat("make ", plan.text(step.t), " read-only");
  case Op::mount_flags:
    return cat("remount ", plan.text(step.t), " read-only");
  case Op::sysctl:
    return cat("write ", plan.text(step.t), " to /proc/sys/", plan.text(step.s));
  case Op::label:
    return cat(is_selinux(plan, step) ? "process.selinuxLabel" : "process.apparmorProfile", ": write \"",
               plan.text(step.t), "\" to /proc/self/attr/", plan.text(step.s));
  case Op::pivot:
    return "pivot_root";
  case Op::move_root:
    return "move the root";
  case Op::change_root:
    return "chroot";
  case Op::umask:
    return "umask";
  case Op::rlimit:
    return cat("process.rlimits: set ", plan.text(step.t));
  case Op::scheduler:
    return "process.scheduler";
  case Op::io_priority:
    return "process.ioPriority";
  case Op::personality:
    return "linux.personality";
  case Op::memory_policy:
    return "linux.memoryPolicy";
  case Op::stdio_owner:
    return "hand the standard streams to the user";
  case Op::bounding:
    return "drop capabilities from the bounding set";
  case Op::user:
    return cat("change to user ", step.a, ":", step.b);
  case Op::capabilities:
  case Op::final_capabilities:
    return "unable to apply caps";
  case Op::no_new_privileges:
    return "set no_new_privs";
  case Op::working_folder:
    return cat("chdir to cwd (", plan.text(step.s), ")");
  case Op::home:
    return "set HOME";
  case Op::close_internal:
    return "close descriptors";
  case Op::seccomp:
    return "install the seccomp filter";
  case Op::hook:
  case Op::find_program:
  case Op::execute:
    return "";
  }
  return "unknown step";
}

std::string label_failure(const PlanView& plan, const PlanStep& step, int error) {
  const std::string why = cat(step_text(plan, step), ": ", errno_text(error));
  if (is_selinux(plan, step))
    return sys::stat("/sys/fs/selinux/enforce") ? why : cat(why, ": SELinux is not enabled on this host");
  if (!sys::stat("/sys/module/apparmor")) return cat(why, ": AppArmor is not enabled on this host");
  return error == ENOENT ? cat(why, ": no profile of this name is loaded") : why;
}

} // namespace

std::string describe_failure(const std::string& plan_buffer, const SyncMessage& failed) {
  PlanView plan(plan_buffer);
  if (failed.step >= plan.size()) return cat("execute the container's init: ", errno_text(failed.error));
  PlanStep step = plan.step(failed.step);
  auto detail = static_cast<Detail>(failed.detail & 0xff);
  switch (step.op) {
  case Op::find_program:
    return cat(program_failure(plan.text(step.s), detail, failed.error), one_text(plan.list(step.a)));
  case Op::execute:
    return program_failure(plan.text(step.s), detail, failed.error);
  case Op::mount:
    return mount_failure(plan, step, failed.detail, failed.error);
  case Op::hook:
    return hook_failure(plan, step, failed);
  case Op::seccomp:
    if (detail == Detail::listener)
      return cat("linux.seccomp.listenerPath: send the listener's descriptor: ", errno_text(failed.error));
    break;
  case Op::label:
    return label_failure(plan, step, failed.error);
  case Op::working_folder:
    if (detail == Detail::unreachable)
      return cat(step_text(plan, step), ": the directory is outside of the container's root");
    break;
  default:
    break;
  }
  return cat(step_text(plan, step), ": ", errno_text(failed.error));
}

} // namespace oci::runtime
