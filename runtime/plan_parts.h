// The parts of a plan; each adds the steps of one section of the config. See plan.cc for their order.
#pragma once

#include "base/error.h"
#include "runtime/plan.h"
#include "runtime/plan_builder.h"

#include <string_view>

namespace oci::runtime {

struct PlanContext {
  const spec::RuntimeConfig& config;
  const PlanFacts& facts;
  PlanBuilder& out;
  InitPlan& plan;
  const spec::Linux& linux_;
  std::uint64_t new_namespaces = 0;    // CLONE_NEW…
  std::uint64_t joined_namespaces = 0; // by path
  std::uint64_t namespaces() const { return new_namespaces | joined_namespaces; }
  bool in_user_namespace() const;
};

// plan_namespaces.cc
void read_namespaces(PlanContext& context); // fills new_ and joined_namespaces and the plan's joins
void add_namespace_steps(PlanContext& context);
void add_names(PlanContext& context); // hostname, domainname, loopback
void add_sysctls(PlanContext& context);
std::uint64_t namespace_flag(std::string_view type); // 0: unknown

// plan_rootfs.cc
void add_root(PlanContext& context);
void add_mounts(PlanContext& context);
void add_closed_paths(PlanContext& context); // masked and read-only ones
void add_pivot(PlanContext& context);

// plan_devices.cc
bool sets_up_dev(const PlanContext& context); // /dev is ours to fill
void add_devices(PlanContext& context);

// plan_process.cc
void check_process(const spec::Process& process);
void add_console(PlanContext& context, const spec::Process& process, bool mounted);
void add_labels(PlanContext& context, const spec::Process& process);
void add_process(PlanContext& context, const spec::Process& process);
void add_hooks(PlanContext& context, const std::vector<spec::Hook>& hooks, const char* kind);

// plan_placement.cc
void check_cpu_affinity(const spec::Process& process);
void add_memory_policy(PlanContext& context);

// plan.cc
std::string clean_inside(std::string_view path); // absolute, without "." and ".."
// The path of `what` must be absolute.
void check_absolute(std::string_view path, std::string_view field);

} // namespace oci::runtime
