// What a config.json asks for: the plan of a container's init and of an exec in it, on each kind of cgroups.
#include "base/json.h"
#include "runtime/cgroup_devices.h"
#include "runtime/plan.h"
#include "runtime/seccomp.h"
#include "spec/runtime_config.h"
#include "tests/fuzz/fuzz.h"

#include <string>

namespace oci::runtime {

namespace {

CgroupNames cgroups_of(CgroupNames::Kind kind) {
  if (kind == CgroupNames::Kind::none) return {};
  if (kind == CgroupNames::Kind::v2) return {.kind = kind, .folders = {"/sys/fs/cgroup/c"}, .parents = {}};
  return {.kind = kind, .folders = {"/sys/fs/cgroup/memory/c", "/sys/fs/cgroup/cpu,cpuacct/c"}, .parents = {}};
}

PlanFacts facts_of(CgroupNames::Kind kind) {
  PlanFacts facts;
  facts.id = "c";
  facts.bundle = "/bundle";
  facts.cgroup = cgroups_of(kind);
  return facts;
}

template <typename F>
void refused_or_done(F&& attempt) {
  try {
    attempt();
  } catch (const Error& error) {
    fuzz::require(!error.message().empty(), "an error says something");
  }
}

void plan_all(const spec::RuntimeConfig& config) {
  for (const auto kind : {CgroupNames::Kind::none, CgroupNames::Kind::v1, CgroupNames::Kind::v2}) {
    const PlanFacts facts = facts_of(kind);
    refused_or_done([&] {
      const InitPlan plan = make_plan(config, facts);
      fuzz::require(plan.buffer.size() > sizeof(PlanHeader), "a plan has steps");
    });
    if (config.process) refused_or_done([&] { (void)make_exec_plan(config, *config.process, facts); });
  }
}

} // namespace

} // namespace oci::runtime

void oci::fuzz::target(std::string_view input) {
  using namespace oci::runtime;
  const spec::RuntimeConfig config = spec::parse_runtime_config(input, "config.json");
  plan_all(config);
  if (!config.linux_) return;
  if (config.linux_->seccomp) refused_or_done([&] { (void)compile_seccomp(*config.linux_->seccomp); });
  if (config.linux_->resources) refused_or_done([&] { (void)device_policy(config.linux_->resources->devices); });
}
