#include "runtime/plan.h"

#include "base/error.h"
#include "runtime/plan_builder.h"

#include <algorithm>
#include <cerrno>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>

namespace oci::runtime {
namespace {

constexpr const char* minimal = R"({
  "ociVersion": "1.2.0",
  "process": {"user": {"uid": 0, "gid": 0}, "args": ["sh"], "env": ["PATH=/bin", "HOME=/x"], "cwd": "/"},
  "root": {"path": "rootfs"},
  "linux": {"namespaces": [{"type": "mount"}, {"type": "pid"}, {"type": "uts"}, {"type": "ipc"}, {"type": "network"}]}})";

// The minimal config with `path` (of keys, separated by slashes) set to a JSON value.
spec::RuntimeConfig config_with(const char* path = nullptr, const char* value = nullptr) {
  Json json = parse_json(minimal, "test");
  if (path != nullptr) {
    Json* at = &json;
    std::vector<std::string> keys = split(path, '/');
    for (std::size_t i = 0; i + 1 < keys.size(); ++i) at = at->find(keys[i]);
    at->set(keys.back(), parse_json(value, "value"));
  }
  return spec::runtime_config_from_json(std::move(json), "config.json");
}

PlanFacts facts() {
  PlanFacts facts;
  facts.id = "c1";
  facts.bundle = "/bundle";
  return facts;
}

InitPlan plan_with(const char* path, const char* value) { return make_plan(config_with(path, value), facts()); }

std::string error_of(const char* path, const char* value) {
  try {
    plan_with(path, value);
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

std::vector<PlanStep> steps_of(const InitPlan& plan) {
  PlanView view(plan.buffer);
  std::vector<PlanStep> steps;
  for (std::uint32_t i = 0; i < view.size(); ++i) steps.push_back(view.step(i));
  return steps;
}

// The place of the first step of this kind; npos: none.
std::size_t place(const InitPlan& plan, Op op) {
  std::vector<PlanStep> steps = steps_of(plan);
  auto found = std::find_if(steps.begin(), steps.end(), [&](const PlanStep& step) { return step.op == op; });
  return found == steps.end() ? std::string::npos : static_cast<std::size_t>(found - steps.begin());
}

PlanStep step(const InitPlan& plan, Op op) { return steps_of(plan).at(place(plan, op)); }

TEST(Plan, MinimalIsOrdered) {
  InitPlan plan = make_plan(config_with(), facts());
  EXPECT_EQ(plan.rootfs, "/bundle/rootfs");
  EXPECT_EQ(plan.clone_flags, std::uint64_t{CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET});
  EXPECT_FALSE(plan.enters);
  Op order[] = {Op::wait_go,      Op::session,      Op::loopback_up,    Op::propagation, Op::open_root,
                Op::device,       Op::pivot,        Op::close_internal, Op::bounding,    Op::user,
                Op::capabilities, Op::find_program, Op::ready,          Op::execute};
  for (std::size_t i = 1; i < std::size(order); ++i) {
    ASSERT_NE(place(plan, order[i]), std::string::npos) << i;
    EXPECT_LT(place(plan, order[i - 1]), place(plan, order[i])) << i;
  }
  EXPECT_EQ(steps_of(plan).back().op, Op::execute);
}

TEST(Plan, BufferIsWhole) {
  InitPlan plan = make_plan(config_with(), facts());
  PlanView view(plan.buffer);
  EXPECT_EQ(view.header().magic, plan_magic);
  EXPECT_EQ(view.header().size, plan.buffer.size());
  PlanStep last = view.step(view.size() - 1);
  EXPECT_EQ(view.list(last.a), (std::vector<std::string>{"sh"}));
  EXPECT_EQ(view.list(last.b), (std::vector<std::string>{"PATH=/bin", "HOME=/x"}));
}

TEST(Plan, EmptyArgumentsSurvive) {
  InitPlan plan = plan_with("process/args", R"(["sh", "", "x"])");
  PlanView view(plan.buffer);
  EXPECT_EQ(view.list(view.step(view.size() - 1).a), (std::vector<std::string>{"sh", "", "x"}));
}

TEST(Plan, HomeIsLookedUpOnlyWhenMissing) {
  EXPECT_EQ(place(make_plan(config_with(), facts()), Op::home), std::string::npos);
  EXPECT_NE(place(plan_with("process/env", "[]"), Op::home), std::string::npos);
  EXPECT_NE(place(plan_with("process/env", R"(["HOME="])"), Op::home), std::string::npos);
}

TEST(Plan, FilterComesLastAndKeepsTheRightToInstallIt) {
  PlanFacts with = facts();
  with.seccomp.filter.resize(3);
  InitPlan plan = make_plan(config_with(), with);
  std::uint64_t admin = std::uint64_t{1} << CAP_SYS_ADMIN;
  EXPECT_EQ(step(plan, Op::capabilities).b & admin, admin);
  EXPECT_EQ(step(plan, Op::final_capabilities).b & admin, 0u);
  EXPECT_LT(place(plan, Op::ready), place(plan, Op::seccomp));
  EXPECT_EQ(place(plan, Op::seccomp) + 2, place(plan, Op::execute));

  plan = make_plan(config_with("process/noNewPrivileges", "true"), with);
  EXPECT_EQ(step(plan, Op::capabilities).b & admin, 0u);
  EXPECT_EQ(place(plan, Op::final_capabilities), std::string::npos);
  EXPECT_LT(place(plan, Op::no_new_privileges), place(plan, Op::seccomp));
}

TEST(Plan, CgroupNamespaceIsMadeAfterTheMove) {
  InitPlan plan = plan_with("linux/namespaces", R"([{"type": "mount"}, {"type": "cgroup"}])");
  EXPECT_EQ(plan.clone_flags, std::uint64_t{CLONE_NEWNS});
  EXPECT_EQ(step(plan, Op::unshare).a, std::uint64_t{CLONE_NEWCGROUP});
  EXPECT_LT(place(plan, Op::wait_go), place(plan, Op::unshare));
}

TEST(Plan, JoinedNamespacesAreEnteredFirst) {
  InitPlan plan = plan_with("linux/namespaces", R"([{"type": "mount"}, {"type": "network", "path": "/n"}])");
  ASSERT_EQ(plan.joins.size(), 1u);
  EXPECT_FALSE(plan.enters);
  EXPECT_EQ(plan.clone_flags, std::uint64_t{CLONE_NEWNS});
  EXPECT_EQ(place(plan, Op::loopback_up), std::string::npos);

  plan = plan_with("linux/namespaces", R"([{"type": "mount"}, {"type": "pid", "path": "/p"}])");
  EXPECT_TRUE(plan.enters);
  EXPECT_EQ(plan.clone_flags, 0u);
  EXPECT_EQ(step(plan, Op::fork_inside).a, std::uint64_t{CLONE_NEWNS});
  EXPECT_LT(place(plan, Op::enter), place(plan, Op::fork_inside));
}

TEST(Plan, DevicesOfAUserNamespaceAreTheHosts) {
  spec::RuntimeConfig config = config_with("linux/namespaces", R"([{"type": "mount"}, {"type": "user"}])");
  config.linux_->uid_mappings = config.linux_->gid_mappings = {{0, 1000, 1, {}}};
  InitPlan plan = make_plan(config, facts());
  EXPECT_TRUE(plan.new_user_namespace);
  EXPECT_EQ(step(plan, Op::device).flags & step_bind, step_bind);
}

TEST(Plan, ABoundDevIsLeftAlone) {
  InitPlan plan =
      plan_with("mounts", R"([{"destination": "/dev", "type": "none", "source": "/dev", "options": ["rbind"]}])");
  EXPECT_EQ(place(plan, Op::device), std::string::npos);
  EXPECT_EQ(place(plan, Op::link), std::string::npos);
}

TEST(Plan, ReadOnlyDevIsFilledFirst) {
  InitPlan plan =
      plan_with("mounts", R"([{"destination": "/dev", "type": "tmpfs", "source": "t", "options": ["ro"]}])");
  EXPECT_EQ(PlanView(plan.buffer).mount(step(plan, Op::mount)).set, 0u);
  EXPECT_LT(place(plan, Op::link), place(plan, Op::mount_flags));
}

TEST(Plan, ProcNeedsAPlainFolder) {
  InitPlan plan = plan_with("mounts", R"([{"destination": "/proc", "type": "proc", "source": "proc"}])");
  EXPECT_EQ(PlanView(plan.buffer).mount(step(plan, Op::mount)).flags & mount_plain_destination,
            mount_plain_destination);
}

TEST(Plan, AmbientCapabilitiesAreThoseThatCanBe) {
  InitPlan plan = plan_with("process/capabilities", R"({"permitted": ["CAP_KILL", "CAP_CHOWN"], "ambient": ["CAP_KILL"],
    "inheritable": []})");
  EXPECT_EQ(step(plan, Op::capabilities).d, 0u);
  plan = plan_with("process/capabilities", R"({"permitted": ["CAP_NONE"]})");
  EXPECT_EQ(plan.warnings, std::vector<std::string>{R"(process.capabilities: unknown capability "CAP_NONE" ignored)"});
}

struct Wrong {
  const char* path;
  const char* value;
  const char* message;
};

class PlanErrors : public testing::TestWithParam<Wrong> {};

TEST_P(PlanErrors, NameTheField) {
  EXPECT_EQ(error_of(GetParam().path, GetParam().value).substr(0, std::string(GetParam().message).size()),
            GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    All, PlanErrors,
    testing::Values(
        Wrong{"ociVersion", R"("2.0.0")", "ociVersion: "}, Wrong{"process/args", "[]", "process.args: missing"},
        Wrong{"process/cwd", R"("here")", "process.cwd: "},
        Wrong{"process/rlimits", R"([{"type": "RLIMIT_CPU", "hard": 1, "soft": 2}])",
              "process.rlimits[0].soft: 2 is above"},
        Wrong{"process/rlimits", R"([{"type": "RLIMIT_X", "hard": 1, "soft": 1}])", "process.rlimits[0].type: "},
        Wrong{"process/oomScoreAdj", "1001", "process.oomScoreAdj: "},
        Wrong{"process/scheduler", R"({"policy": "SCHED_X"})", "process.scheduler.policy: "},
        Wrong{"process/ioPriority", R"({"class": "IOPRIO_CLASS_X"})", "process.ioPriority.class: "},
        Wrong{"hooks", R"({"prestart": [{"path": "x"}]})", "hooks.prestart[0].path: "},
        Wrong{"hooks", R"({"poststop": [{"path": "/x", "timeout": 0}]})", "hooks.poststop[0].timeout: "},
        Wrong{"mounts", R"([{"destination": "/a", "type": "mqueue", "options": ["tmpcopyup"]}])",
              "mounts[0].options: "},
        Wrong{"mounts", R"([{"destination": "/a", "type": "bind", "source": "/b", "options": ["idmap"]}])",
              "mounts[0].options: "},
        Wrong{"mounts", R"([{"destination": "/proc/self/attr", "type": "tmpfs"}])", "mounts[0].destination: "},
        Wrong{"mounts", R"([{"destination": "/x/../proc/1", "type": "tmpfs"}])", "mounts[0].destination: "},
        Wrong{"mounts", R"([{"destination": "/proc", "type": "tmpfs"}])", "mounts[0]: only proc"},
        Wrong{"mounts", R"([{"destination": "/a", "options": ["bind"]}])", "mounts[0].source: missing"},
        Wrong{"mounts", R"([{"destination": "/a"}])", "mounts[0].type: missing"},
        Wrong{"linux/namespaces", R"([{"type": "moon"}])", "linux.namespaces[0].type: unknown"},
        Wrong{"linux/namespaces", R"([{"type": "pid"}, {"type": "pid"}])", "linux.namespaces[1].type: duplicate"},
        Wrong{"linux/namespaces", R"([{"type": "pid", "path": "x"}])", "linux.namespaces[0].path: "},
        Wrong{"linux/timeOffsets", R"({"boottime": {"secs": 1}})", "linux.timeOffsets: given"},
        Wrong{"linux/sysctl", R"({"kernel.core_pattern": "x"})", "linux.sysctl[\"kernel.core_pattern\"]: not in"},
        Wrong{"linux/sysctl", R"({"net./../kernel/x": "x"})", "linux.sysctl[\"net./../kernel/x\"]: not a name"},
        Wrong{"linux/sysctl", R"({"net/../kernel/core_pattern": "x"})", "linux.sysctl["},
        Wrong{"linux/devices", R"([{"path": "/dev/x", "type": "x"}])", "linux.devices[0].type: "},
        Wrong{"linux/devices", R"([{"path": "/dev/x", "type": "c", "major": 4096, "minor": 0}])",
              "linux.devices[0].major: out of range"},
        Wrong{"linux/devices", R"([{"path": "/dev/x", "type": "c", "major": 1}])", "linux.devices[0].minor: missing"},
        Wrong{"linux/rootfsPropagation", R"("wild")", "linux.rootfsPropagation: "},
        Wrong{"linux/personality", R"({"domain": "BSD"})", "linux.personality.domain: "},
        Wrong{"linux/intelRdt", "{}", "linux.intelRdt: not supported"}));

TEST(Plan, WithoutAMountNamespaceAllMountsLieOnOneOfTheHost) {
  spec::RuntimeConfig config = config_with("linux/namespaces", R"([{"type": "pid"}])");
  InitPlan plan = make_plan(config, facts());
  EXPECT_EQ(place(plan, Op::pivot), std::string::npos);
  EXPECT_NE(place(plan, Op::change_root), std::string::npos);
  EXPECT_FALSE(plan.covers_root);
  config.mounts.push_back({"/a", "tmpfs", "t", {}, {}, {}, {}});
  plan = make_plan(config, facts());
  EXPECT_TRUE(plan.covers_root);
  EXPECT_EQ(step(plan, Op::open_root).a, std::uint64_t{MS_PRIVATE});
}

TEST(Plan, SysctlNamesInBothForms) {
  InitPlan plan = plan_with("linux/sysctl", R"({"net.ipv4.conf.eth0/1.rp_filter": "1"})");
  EXPECT_EQ(PlanView(plan.buffer).text(step(plan, Op::sysctl).s), "net/ipv4/conf/eth0.1/rp_filter");
  plan = plan_with("linux/sysctl", R"({"net/ipv4/conf/eth0.1/rp_filter": "1"})");
  EXPECT_EQ(PlanView(plan.buffer).text(step(plan, Op::sysctl).s), "net/ipv4/conf/eth0.1/rp_filter");
}

TEST(Plan, ExecEntersAndForks) {
  spec::RuntimeConfig config = config_with();
  ExecPlan plan = make_exec_plan(config, *config.process, facts());
  EXPECT_EQ(place(plan, Op::enter), 0u);
  EXPECT_EQ(step(plan, Op::enter).b,
            std::uint64_t{CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET});
  EXPECT_EQ(place(plan, Op::fork_inside), 1u);
  EXPECT_EQ(place(plan, Op::pivot), std::string::npos);
}

std::string failure(const InitPlan& plan, Op op, int error, Detail detail = Detail::none) {
  SyncMessage failed{};
  failed.kind = Sync::failed;
  failed.error = error;
  failed.step = static_cast<std::uint32_t>(place(plan, op));
  failed.detail = static_cast<std::uint32_t>(detail);
  return describe_failure(plan.buffer, failed);
}

TEST(PlanFailures, HoldTheTextsThatEnginesLookFor) {
  InitPlan plan = plan_with("process/args", R"(["prog"])");
  EXPECT_EQ(failure(plan, Op::find_program, ENOENT, Detail::not_in_path),
            R"(exec: "prog": executable file not found in $PATH)");
  plan = plan_with("process/args", R"(["/x/y"])");
  EXPECT_EQ(failure(plan, Op::find_program, ENOENT, Detail::missing),
            R"(exec: "/x/y": stat /x/y: no such file or directory)");
  EXPECT_EQ(failure(plan, Op::find_program, EACCES, Detail::no_permission), R"(exec: "/x/y": permission denied)");
  EXPECT_EQ(failure(plan, Op::find_program, EACCES, Detail::is_folder),
            R"(exec: "/x/y": is a directory: permission denied)");
}

TEST(PlanFailures, NameTheMount) {
  InitPlan plan = plan_with("mounts", R"([{"destination": "/a", "type": "tmpfs", "options": ["size=1x"]}])");
  EXPECT_EQ(failure(plan, Op::mount, EACCES), "mount tmpfs on /a: permission denied");
  EXPECT_EQ(failure(plan, Op::mount, EINVAL, Detail::option),
            R"(mount tmpfs on /a: option "size=1x": invalid argument)");
}

TEST(PlanFailures, BeforeTheFirstStep) {
  InitPlan plan = make_plan(config_with(), facts());
  SyncMessage failed{Sync::failed, ENOMEM, no_step, 0, 0, 0};
  EXPECT_EQ(describe_failure(plan.buffer, failed), "execute the container's init: cannot allocate memory");
}

} // namespace
} // namespace oci::runtime
