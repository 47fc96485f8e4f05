#include "runtime/plan_parts.h"

#include <sched.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

namespace oci::runtime {

namespace {

// Made by unshare in init: the cgroup namespace must see the cgroup it was moved into, time offsets come before entry.
constexpr std::uint64_t unshared_later = CLONE_NEWCGROUP | CLONE_NEWTIME;

void add_joins(PlanContext& context, bool retry) {
  for (const InitPlan::Join& join : context.plan.joins) {
    if (join.flag == CLONE_NEWUSER) continue;
    // What belongs to the host's user namespace is entered before the container's, the rest from within.
    bool user_joined = (context.joined_namespaces & CLONE_NEWUSER) != 0;
    std::uint32_t flags = !user_joined ? 0 : retry ? step_if_needed : step_may_fail;
    context.out.add({.op = Op::enter, .flags = flags, .a = join.descriptor, .b = join.flag});
  }
}

void add_all_joins(PlanContext& context) {
  add_joins(context, false);
  if ((context.joined_namespaces & CLONE_NEWUSER) == 0) return;
  for (const InitPlan::Join& join : context.plan.joins)
    if (join.flag == CLONE_NEWUSER) context.out.add({.op = Op::enter, .a = join.descriptor, .b = join.flag});
  add_joins(context, true);
}

std::string offsets_text(const spec::Linux& linux_) {
  std::string text;
  for (const auto& [clock, offset] : linux_.time_offsets) {
    if (clock != "monotonic" && clock != "boottime") fail("linux.timeOffsets: unknown clock \"", clock, "\"");
    text += cat(clock, " ", offset.secs, " ", offset.nanosecs, "\n");
  }
  return text;
}

void check_user_namespace(PlanContext& context) {
  bool fresh = (context.new_namespaces & CLONE_NEWUSER) != 0;
  bool mapped = !context.linux_.uid_mappings.empty() || !context.linux_.gid_mappings.empty();
  if (fresh && context.linux_.uid_mappings.empty())
    fail("linux.uidMappings: missing, but there is a new user namespace");
  if (fresh && context.linux_.gid_mappings.empty())
    fail("linux.gidMappings: missing, but there is a new user namespace");
  if (!context.in_user_namespace() && mapped)
    context.plan.warnings.emplace_back("linux.uidMappings: ignored, since linux.namespaces has no user namespace");
}

struct NamespaceType {
  std::string_view type;
  std::uint64_t flag;
};
constexpr NamespaceType namespace_table[] = {
    {"cgroup", CLONE_NEWCGROUP}, {"ipc", CLONE_NEWIPC},   {"mount", CLONE_NEWNS},  {"network", CLONE_NEWNET},
    {"pid", CLONE_NEWPID},       {"time", CLONE_NEWTIME}, {"user", CLONE_NEWUSER}, {"uts", CLONE_NEWUTS}};

} // namespace

std::uint64_t namespace_flag(std::string_view type) {
  for (const NamespaceType& entry : namespace_table)
    if (entry.type == type) return entry.flag;
  return 0;
}

std::vector<std::string> namespace_types() {
  std::vector<std::string> types;
  for (const NamespaceType& entry : namespace_table) types.emplace_back(entry.type);
  return types;
}

void read_namespaces(PlanContext& context) {
  const std::vector<spec::Namespace>& list = context.linux_.namespaces;
  for (std::size_t i = 0; i < list.size(); ++i) {
    std::string field = cat("linux.namespaces[", i, "]");
    std::uint64_t flag = namespace_flag(list[i].type);
    if (flag == 0) fail(field, ".type: unknown namespace \"", list[i].type, "\"");
    if ((context.namespaces() & flag) != 0) fail(field, ".type: duplicate namespace \"", list[i].type, "\"");
    if (list[i].path.empty()) {
      context.new_namespaces |= flag;
      continue;
    }
    check_absolute(list[i].path, cat(field, ".path"));
    context.joined_namespaces |= flag;
    context.plan.joins.push_back({cat(field, ".path"), list[i].path, flag, context.out.descriptor()});
  }
  check_user_namespace(context);
  InitPlan& plan = context.plan;
  plan.new_user_namespace = (context.new_namespaces & CLONE_NEWUSER) != 0;
  plan.enters = (context.joined_namespaces & (CLONE_NEWUSER | CLONE_NEWPID)) != 0 ||
                (plan.new_user_namespace && context.joined_namespaces != 0);
}

void add_namespace_steps(PlanContext& context) {
  PlanBuilder& out = context.out;
  InitPlan& plan = context.plan;
  std::uint64_t cloned = context.new_namespaces & ~unshared_later;
  if (plan.enters) {
    add_all_joins(context);
    out.add({.op = Op::fork_inside, .a = cloned});
    out.add({.op = Op::wait_go});
    if (context.in_user_namespace()) out.add({.op = Op::become_root});
  } else {
    plan.clone_flags = cloned;
    out.add({.op = Op::wait_go});
    add_all_joins(context);
  }
  std::uint64_t later = context.new_namespaces & unshared_later;
  if (later != 0) out.add({.op = Op::unshare, .a = later});
  bool new_time = (context.new_namespaces & CLONE_NEWTIME) != 0;
  std::string offsets = offsets_text(context.linux_);
  if (!offsets.empty() && !new_time) fail("linux.timeOffsets: given, but there is no new time namespace");
  if (!new_time) return;
  plan.needs_proc = true;
  out.add({.op = Op::time_offsets, .s = out.text(offsets)});
}

void add_names(PlanContext& context) {
  PlanBuilder& out = context.out;
  const spec::RuntimeConfig& config = context.config;
  constexpr std::size_t longest = 64;
  bool uts = (context.namespaces() & CLONE_NEWUTS) != 0;
  for (auto [name, field, op] : {std::tuple{&config.hostname, "hostname", Op::hostname},
                                 std::tuple{&config.domainname, "domainname", Op::domainname}}) {
    if (name->empty()) continue;
    if (!uts) fail(field, ": cannot be set without a uts namespace of the container's own");
    if (name->size() > longest) fail(field, ": longer than 64 characters");
    out.add({.op = op, .s = out.text(*name)});
  }
  if ((context.new_namespaces & CLONE_NEWNET) != 0) out.add({.op = Op::loopback_up});
}

namespace {

// "net.ipv4.conf.eth0/1.x" is net/ipv4/conf/eth0.1/x; with '/' as the first separator it is a path as it stands.
std::string sysctl_path(std::string name) {
  std::size_t first = name.find_first_of("./");
  if (first == std::string::npos || name[first] == '/') return name;
  for (char& c : name) c = c == '.' ? '/' : c == '/' ? '.' : c;
  return name;
}

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The namespace that keeps a setting from being the host's; 0: none does.
std::uint64_t namespace_of_sysctl(std::string_view path) {
  if (path.substr(0, 4) == "net/") return CLONE_NEWNET;
  if (path.substr(0, 10) == "fs/mqueue/") return CLONE_NEWIPC;
  if (one_of(path, {"kernel/msgmax", "kernel/msgmnb", "kernel/msgmni", "kernel/sem", "kernel/shmall", "kernel/shmmax",
                    "kernel/shmmni", "kernel/shm_rmid_forced"}))
    return CLONE_NEWIPC;
  if (one_of(path, {"kernel/hostname", "kernel/domainname"})) return CLONE_NEWUTS;
  return 0;
}

void check_sysctl(const PlanContext& context, const std::string& name, const std::string& path) {
  std::string field = cat("linux.sysctl[\"", name, "\"]");
  for (const std::string& part : split(path, '/'))
    if (part.empty() || part == "." || part == "..") fail(field, ": not a name of a setting");
  std::uint64_t flag = namespace_of_sysctl(path);
  if (flag == 0) fail(field, ": not in a separate kernel namespace");
  if ((context.namespaces() & flag) == 0) fail(field, ": would change the host: the container has no namespace for it");
  if (path == "kernel/hostname" && !context.config.hostname.empty()) fail(field, ": conflicts with hostname");
}

} // namespace

void add_sysctls(PlanContext& context) {
  PlanBuilder& out = context.out;
  for (const auto& [name, value] : context.linux_.sysctl) {
    std::string path = sysctl_path(name);
    check_sysctl(context, name, path);
    context.plan.needs_proc = true;
    out.add({.op = Op::sysctl, .s = out.text(path), .t = out.text(value)});
  }
}

} // namespace oci::runtime
