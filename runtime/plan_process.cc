#include "runtime/capabilities.h"
#include "runtime/plan_parts.h"

#include "base/files.h"
#include "spec/capability_names.h"

#include <algorithm>
#include <limits>
#include <linux/capability.h>
#include <linux/limits.h>
#include <linux/sched.h>
#include <set>
#include <span>
#include <sys/personality.h>
#include <sys/resource.h>

namespace oci::runtime {

namespace {

struct Named {
  std::string_view name;
  std::uint64_t value;
};

std::optional<std::uint64_t> value_of(std::string_view name, std::span<const Named> table) {
  for (const Named& entry : table)
    if (entry.name == name) return entry.value;
  return std::nullopt;
}

constexpr Named limits[] = {
    {"RLIMIT_AS", RLIMIT_AS},           {"RLIMIT_CORE", RLIMIT_CORE},         {"RLIMIT_CPU", RLIMIT_CPU},
    {"RLIMIT_DATA", RLIMIT_DATA},       {"RLIMIT_FSIZE", RLIMIT_FSIZE},       {"RLIMIT_LOCKS", RLIMIT_LOCKS},
    {"RLIMIT_MEMLOCK", RLIMIT_MEMLOCK}, {"RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE}, {"RLIMIT_NICE", RLIMIT_NICE},
    {"RLIMIT_NOFILE", RLIMIT_NOFILE},   {"RLIMIT_NPROC", RLIMIT_NPROC},       {"RLIMIT_RSS", RLIMIT_RSS},
    {"RLIMIT_RTPRIO", RLIMIT_RTPRIO},   {"RLIMIT_RTTIME", RLIMIT_RTTIME},     {"RLIMIT_SIGPENDING", RLIMIT_SIGPENDING},
    {"RLIMIT_STACK", RLIMIT_STACK}};

constexpr Named policies[] = {{"SCHED_OTHER", SCHED_NORMAL}, {"SCHED_FIFO", SCHED_FIFO},
                              {"SCHED_RR", SCHED_RR},        {"SCHED_BATCH", SCHED_BATCH},
                              {"SCHED_IDLE", SCHED_IDLE},    {"SCHED_DEADLINE", SCHED_DEADLINE}};

constexpr Named policy_flags[] = {
    {"SCHED_FLAG_RESET_ON_FORK", SCHED_FLAG_RESET_ON_FORK},  {"SCHED_FLAG_RECLAIM", SCHED_FLAG_RECLAIM},
    {"SCHED_FLAG_DL_OVERRUN", SCHED_FLAG_DL_OVERRUN},        {"SCHED_FLAG_KEEP_POLICY", SCHED_FLAG_KEEP_POLICY},
    {"SCHED_FLAG_KEEP_PARAMS", SCHED_FLAG_KEEP_PARAMS},      {"SCHED_FLAG_UTIL_CLAMP_MIN", SCHED_FLAG_UTIL_CLAMP_MIN},
    {"SCHED_FLAG_UTIL_CLAMP_MAX", SCHED_FLAG_UTIL_CLAMP_MAX}};

// As ioprio_set(2) has them: <linux/ioprio.h> of newer kernels is no C++.
constexpr unsigned io_class_shift = 13;
constexpr Named io_classes[] = {{"IOPRIO_CLASS_RT", 1}, {"IOPRIO_CLASS_BE", 2}, {"IOPRIO_CLASS_IDLE", 3}};

// The version 0 of the kernel's struct sched_attr, which C libraries begin to define as well.
struct SchedulerAttributes {
  std::uint32_t size = sizeof(SchedulerAttributes);
  std::uint32_t policy = 0;
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime = 0, deadline = 0, period = 0;
};

void add_rlimits(PlanContext& context, const spec::Process& process) {
  for (std::size_t i = 0; i < process.rlimits.size(); ++i) {
    const spec::Rlimit& limit = process.rlimits[i];
    std::uint64_t resource = *value_of(limit.type, limits);
    std::uint32_t name = context.out.text(limit.type);
    context.out.add({.op = Op::rlimit, .t = name, .a = resource, .b = limit.soft, .c = limit.hard});
  }
}

void add_scheduler(PlanContext& context, const spec::Scheduler& scheduler) {
  SchedulerAttributes attributes;
  attributes.policy = static_cast<std::uint32_t>(*value_of(scheduler.policy, policies));
  for (const std::string& flag : scheduler.flags) attributes.flags |= *value_of(flag, policy_flags);
  attributes.nice = scheduler.nice.value_or(0);
  attributes.priority = static_cast<std::uint32_t>(scheduler.priority.value_or(0));
  attributes.runtime = scheduler.runtime.value_or(0);
  attributes.deadline = scheduler.deadline.value_or(0);
  attributes.period = scheduler.period.value_or(0);
  context.out.add({.op = Op::scheduler, .s = context.out.object(attributes)});
}

void add_personality(PlanContext& context) {
  if (!context.linux_.personality) return;
  const spec::Personality& personality = *context.linux_.personality;
  if (!personality.flags.empty()) // the specification names none
    context.plan.warnings.emplace_back("linux.personality.flags: ignored, there are none");
  if (personality.domain != "LINUX" && personality.domain != "LINUX32")
    fail("linux.personality.domain: unknown domain \"", personality.domain, "\"");
  context.out.add({.op = Op::personality, .a = personality.domain == "LINUX32" ? PER_LINUX32 : PER_LINUX});
}

bool has_variable(const std::vector<std::string>& env, std::string_view name) {
  return std::any_of(env.begin(), env.end(), [&](const std::string& entry) {
    return entry.size() > name.size() + 1 && entry.substr(0, name.size()) == name && entry[name.size()] == '=';
  });
}

// Of entries for one name the last counts, as getenv would take the first.
void drop_overridden(std::vector<std::string>& env) {
  const auto name = [](const std::string& entry) { return std::string_view(entry).substr(0, entry.find('=')); };
  std::vector<std::string> kept;
  std::set<std::string_view> seen;
  for (std::size_t i = env.size(); i-- > 0;)
    if (seen.insert(name(env[i])).second) kept.push_back(env[i]);
  std::reverse(kept.begin(), kept.end());
  env = std::move(kept);
}

void check_rlimits(const std::vector<spec::Rlimit>& rlimits) {
  for (std::size_t i = 0; i < rlimits.size(); ++i) {
    std::string field = cat("process.rlimits[", i, "].type");
    if (!value_of(rlimits[i].type, limits)) fail(field, ": unknown limit \"", rlimits[i].type, "\"");
    if (rlimits[i].soft > rlimits[i].hard)
      fail("process.rlimits[", i, "].soft: ", rlimits[i].soft, " is above the hard limit ", rlimits[i].hard);
    for (std::size_t j = 0; j < i; ++j)
      if (rlimits[j].type == rlimits[i].type) fail(field, ": duplicate limit \"", rlimits[i].type, "\"");
  }
}

void check_scheduler(const spec::Scheduler& scheduler) {
  if (!value_of(scheduler.policy, policies))
    fail("process.scheduler.policy: unknown policy \"", scheduler.policy, "\"");
  for (const std::string& flag : scheduler.flags)
    if (!value_of(flag, policy_flags)) fail("process.scheduler.flags: unknown flag \"", flag, "\"");
}

void check_io_priority(const spec::IoPriority& priority) {
  if (!value_of(priority.io_class, io_classes))
    fail("process.ioPriority.class: unknown class \"", priority.io_class, "\"");
  int value = priority.priority.value_or(0);
  if (value < 0 || value > 7) fail("process.ioPriority.priority: out of range");
}

} // namespace

void check_process(const spec::Process& process) {
  if (process.args.empty()) fail("process.args: missing");
  check_absolute(process.cwd, "process.cwd");
  check_rlimits(process.rlimits);
  if (process.scheduler) check_scheduler(*process.scheduler);
  if (process.io_priority) check_io_priority(*process.io_priority);
  check_cpu_affinity(process);
  if (process.oom_score_adj && (*process.oom_score_adj < -1000 || *process.oom_score_adj > 1000))
    fail("process.oomScoreAdj: out of range");
}

void add_console(PlanContext& context, const spec::Process& process, bool mounted) {
  if (!process.terminal) return;
  spec::ConsoleSize size = process.console_size.value_or(spec::ConsoleSize{});
  if (size.height > UINT16_MAX || size.width > UINT16_MAX) fail("process.consoleSize: out of range");
  context.out.add(
      {.op = Op::console, .flags = mounted ? step_bind : 0, .a = size.height, .b = size.width, .c = process.user.uid});
}

void add_hooks(PlanContext& context, const std::vector<spec::Hook>& hooks, const char* kind) {
  PlanBuilder& out = context.out;
  for (std::size_t i = 0; i < hooks.size(); ++i) {
    const spec::Hook& hook = hooks[i];
    std::vector<std::string> args = hook.args.empty() ? std::vector<std::string>{hook.path} : hook.args;
    context.plan.needs_state = true;
    out.add({.op = Op::hook,
             .s = out.text(hook.path),
             .t = out.text(kind),
             .a = out.list(args),
             .b = out.list(hook.env),
             .c = static_cast<std::uint64_t>(hook.timeout.value_or(0)),
             .d = i});
  }
}

void add_labels(PlanContext& context, const spec::Process& process) {
  PlanBuilder& out = context.out;
  if (!process.apparmor_profile.empty() && process.apparmor_profile != "unconfined") {
    context.plan.needs_proc = true;
    std::uint32_t value = out.text(cat("exec ", process.apparmor_profile));
    out.add({.op = Op::label, .s = out.text("apparmor/exec"), .t = value});
  }
  if (!process.selinux_label.empty()) {
    context.plan.needs_proc = true;
    out.add({.op = Op::label, .s = out.text("exec"), .t = out.text(process.selinux_label)});
  }
}

namespace {

// The kernel takes -1 for "leave it as it is", which is root.
void check_id_number(std::uint32_t id, const char* field) {
  if (id == std::numeric_limits<std::uint32_t>::max()) fail("process.user.", field, ": ", id, " is nobody's number");
}

void add_user(PlanContext& context, const spec::User& user) {
  PlanBuilder& out = context.out;
  const std::vector<std::uint32_t>& groups = user.additional_gids;
  check_id_number(user.uid, "uid");
  check_id_number(user.gid, "gid");
  for (std::uint32_t group : groups) check_id_number(group, "additionalGids");
  if (groups.size() > NGROUPS_MAX) fail("process.user.additionalGids: more than ", NGROUPS_MAX, " groups");
  out.add({.op = Op::user,
           // With a single id mapped the kernel forbids setgroups for good; then there is none to set.
           .flags = context.in_user_namespace() && groups.empty() ? step_no_groups : 0,
           .a = user.uid,
           .b = user.gid,
           .c = out.bytes(groups.data(), groups.size() * sizeof(std::uint32_t)),
           .d = groups.size()});
}

// config.md: what cannot be granted is warned about, and no reason to fail. In a user namespace of its own a process
// has all.
void drop_ungrantable(PlanContext& context, CapabilitySets& sets) {
  if (context.in_user_namespace()) return;
  const std::uint64_t held = context.facts.held_capabilities;
  const std::uint64_t missing = (sets.effective | sets.permitted | sets.inheritable | sets.ambient) & ~held;
  for (std::size_t number = 0; number < spec::capability_names.size(); ++number)
    if ((missing >> number & 1) != 0)
      context.plan.warnings.push_back(cat("process.capabilities: ", spec::capability_names[number],
                                          " left out: the runtime itself has not got it"));
  for (std::uint64_t* set : {&sets.effective, &sets.permitted, &sets.inheritable, &sets.ambient}) *set &= held;
}

CapabilitySets sets_of(PlanContext& context, const spec::Process& process) {
  if (!process.capabilities) return {};
  std::vector<std::string> unknown;
  CapabilitySets sets = capability_sets(*process.capabilities, context.facts.last_capability, &unknown);
  for (const std::string& name : unknown)
    context.plan.warnings.push_back(cat("process.capabilities: unknown capability \"", name, "\" ignored"));
  drop_ungrantable(context, sets);
  // The kernel raises no other ones; configs that ask for more are common, and mean those they can have.
  sets.ambient &= sets.permitted & sets.inheritable;
  return sets;
}

// The filter is installed last, so that it need not allow what init does. Without no_new_privs that takes
// CAP_SYS_ADMIN, which is kept until then.
void add_end(PlanContext& context, const CapabilitySets& sets, bool no_new_privileges, const PlanStep& execute) {
  PlanBuilder& out = context.out;
  const SeccompProgram& seccomp = context.facts.seccomp;
  if (!seccomp.filter.empty()) {
    if (context.linux_.seccomp) context.plan.listener = context.linux_.seccomp->listener_path;
    std::uint32_t filter = out.bytes(seccomp.filter.data(), seccomp.filter.size() * sizeof(sock_filter));
    out.add({.op = Op::seccomp, .s = filter, .a = seccomp.filter.size(), .b = seccomp.flags});
    if (!no_new_privileges)
      out.add({.op = Op::final_capabilities, .a = sets.effective, .b = sets.permitted, .c = sets.inheritable});
  }
  out.add(execute);
}

} // namespace

void add_process(PlanContext& context, const spec::Process& process) {
  constexpr std::uint32_t default_umask = 022;
  PlanBuilder& out = context.out;
  add_rlimits(context, process);
  if (process.scheduler) add_scheduler(context, *process.scheduler);
  if (process.io_priority) {
    std::uint64_t io_class = *value_of(process.io_priority->io_class, io_classes);
    auto priority = static_cast<std::uint64_t>(process.io_priority->priority.value_or(0));
    out.add({.op = Op::io_priority, .a = (io_class << io_class_shift) | priority});
  }
  add_personality(context);
  add_memory_policy(context);
  if (!process.terminal && process.user.uid != 0) out.add({.op = Op::stdio_owner, .a = process.user.uid});

  bool no_home = !has_variable(process.env, "HOME");
  std::vector<std::string> env = process.env;
  std::erase_if(env, [](const std::string& entry) { return entry == "HOME="; });
  drop_overridden(env);
  std::uint32_t args_list = out.list(process.args), env_list = out.list(env, no_home ? 1 : 0);
  if (no_home) out.add({.op = Op::home, .a = process.user.uid, .b = env_list});

  // Before the working folder is entered: its path may lead through /proc/self/fd.
  out.add({.op = Op::close_internal});
  // First with all rights, as the folder may be closed to the user, then as the user, who may have what root has not.
  std::uint32_t cwd = out.text(process.cwd);
  out.add({.op = Op::working_folder, .flags = step_may_fail, .s = cwd});
  out.add({.op = Op::umask, .a = process.user.umask.value_or(default_umask)});
  CapabilitySets sets = sets_of(context, process);
  bool late_filter = !context.facts.seccomp.filter.empty() && !process.no_new_privileges;
  std::uint64_t kept = late_filter ? std::uint64_t{1} << CAP_SYS_ADMIN : 0;
  out.add({.op = Op::bounding, .a = sets.bounding});
  add_user(context, process.user);
  out.add({.op = Op::capabilities,
           .a = sets.effective | kept,
           .b = sets.permitted | kept,
           .c = sets.inheritable,
           .d = sets.ambient});
  out.add({.op = Op::working_folder, .flags = step_if_needed, .s = cwd});
  if (process.no_new_privileges) out.add({.op = Op::no_new_privileges});
  const std::uint32_t program = out.text(process.args.empty() ? "" : process.args[0]);
  if (!process.args.empty()) out.add({.op = Op::find_program, .s = program, .a = args_list, .b = env_list});
  out.add({.op = Op::ready});
  if (context.config.hooks) add_hooks(context, context.config.hooks->start_container, "startContainer");
  add_end(context, sets, process.no_new_privileges, {.op = Op::execute, .s = program, .a = args_list, .b = env_list});
}

} // namespace oci::runtime
