#include "spec/config_rules.h"

#include <set>
#include <tuple>

namespace oci::spec {
namespace {

void check_namespaces(const RuntimeConfig& config, Findings& findings) {
  std::set<std::string_view> seen;
  const std::vector<Namespace>& spaces = config.linux_->namespaces;
  for (std::size_t i = 0; i < spaces.size(); ++i) {
    const std::string path = cat("linux.namespaces[", i, "]");
    findings.one_of(cat(path, ".type"), spaces[i].type,
                    {"pid", "network", "mount", "ipc", "uts", "user", "cgroup", "time"});
    findings.absolute(cat(path, ".path"), spaces[i].path);
    if (!spaces[i].type.empty() && !seen.insert(spaces[i].type).second)
      findings.error(cat(path, ".type"), spaces[i].type, " is there already");
  }
}

void check_mappings(const RuntimeConfig& config, Findings& findings) {
  const Linux& part = *config.linux_;
  for (const auto& [field, maps] :
       {std::pair<const char*, const std::vector<IdMapping>&>{"uidMappings", part.uid_mappings},
        {"gidMappings", part.gid_mappings}}) {
    if (!maps.empty() && !has_namespace(config, "user"))
      findings.error(cat("linux.", field), "needs a user namespace, and linux.namespaces has none");
    for (std::size_t i = 0; i < maps.size(); ++i)
      if (maps[i].size == 0) findings.error(cat("linux.", field, "[", i, "].size"), "must be greater than 0");
  }
}

void check_time(const RuntimeConfig& config, Findings& findings) {
  const auto& offsets = config.linux_->time_offsets;
  if (!offsets.empty() && !has_namespace(config, "time"))
    findings.error("linux.timeOffsets", "needs a time namespace, and linux.namespaces has none");
  for (const auto& [clock, offset] : offsets) {
    findings.one_of(cat("linux.timeOffsets[\"", clock, "\"]"), clock, {"monotonic", "boottime"});
    if (offset.nanosecs >= 1'000'000'000)
      findings.error(cat("linux.timeOffsets.", clock, ".nanosecs"), "a second or more: ", offset.nanosecs);
  }
}

void check_devices(const Linux& part, Findings& findings) {
  std::set<std::tuple<std::string, std::int64_t, std::int64_t>> numbers;
  for (std::size_t i = 0; i < part.devices.size(); ++i) {
    const Device& device = part.devices[i];
    const std::string path = cat("linux.devices[", i, "]");
    findings.absolute(cat(path, ".path"), device.path);
    findings.one_of(cat(path, ".type"), device.type, {"c", "b", "u", "p"});
    if (device.type == "p") continue;
    if (!device.major) findings.error(cat(path, ".major"), "missing");
    if (!device.minor) findings.error(cat(path, ".minor"), "missing");
    if (device.major && device.minor && !numbers.emplace(device.type, *device.major, *device.minor).second)
      findings.warn(path, "another device has the same type and numbers");
  }
}

bool one_of_names(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The namespace that keeps a setting from being the host's; "" when none does.
std::string_view namespace_of_sysctl(std::string_view name) {
  if (name.starts_with("net.")) return "network";
  if (name.starts_with("fs.mqueue.")) return "ipc";
  if (one_of_names(name, {"kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall",
                          "kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced"}))
    return "ipc";
  return one_of_names(name, {"kernel.hostname", "kernel.domainname"}) ? "uts" : "";
}

void check_sysctls(const RuntimeConfig& config, Findings& findings) {
  for (const auto& [name, value] : config.linux_->sysctl) {
    const std::string path = cat("linux.sysctl[\"", printable(name, 80), "\"]");
    std::string dotted = name;
    if (const auto first = name.find_first_of("./"); first != std::string::npos && name[first] == '/')
      for (char& c : dotted) c = c == '/' ? '.' : c == '.' ? '/' : c;
    const std::string_view space = namespace_of_sysctl(dotted);
    if (space.empty())
      findings.error(path, "belongs to the whole machine, no namespace has its own");
    else if (!has_namespace(config, space))
      findings.error(path, "would change the host's: linux.namespaces has no ", space);
    else if (dotted == "kernel.hostname" && !config.hostname.empty())
      findings.error(path, "conflicts with hostname");
  }
}

void check_net_devices(const RuntimeConfig& config, Findings& findings) {
  const auto& devices = config.linux_->net_devices;
  if (!devices.empty() && !has_namespace(config, "network"))
    findings.error("linux.netDevices", "needs a network namespace, and linux.namespaces has none");
  for (const auto& [outside, device] : devices)
    for (const std::string_view name : {std::string_view(outside), std::string_view(device.name)})
      if (name.size() > 15 || name.find('/') != std::string_view::npos || name == "." || name == "..")
        findings.error(cat("linux.netDevices[\"", printable(outside, 80), "\"]"), "not a name of an interface: \"",
                       printable(name, 80), "\"");
}

void check_intel_rdt(const IntelRdt& rdt, Findings& findings) {
  if (rdt.clos_id && *rdt.clos_id != "/" &&
      (rdt.clos_id->empty() || *rdt.clos_id == "." || *rdt.clos_id == ".." ||
       rdt.clos_id->find('/') != std::string::npos))
    findings.error("linux.intelRdt.closID", "not a name of a folder: \"", printable(*rdt.clos_id, 80), "\"");
  if (!rdt.mem_bw_schema.empty() && !rdt.mem_bw_schema.starts_with("MB:"))
    findings.error("linux.intelRdt.memBwSchema", "must begin with MB:");
  if ((rdt.l3_cache_schema + rdt.mem_bw_schema).find('\n') != std::string::npos)
    findings.error("linux.intelRdt", "a schema must not hold a line break");
  for (std::size_t i = 0; i < rdt.schemata.size(); ++i)
    if (rdt.schemata[i].find('\n') != std::string::npos)
      findings.error(cat("linux.intelRdt.schemata[", i, "]"), "must not hold a line break");
}

void check_policies(const Linux& part, Findings& findings) {
  if (part.personality) {
    findings.one_of("linux.personality.domain", part.personality->domain, {"LINUX", "LINUX32"});
    if (!part.personality->flags.empty()) findings.error("linux.personality.flags", "no flag is defined");
  }
  if (!part.memory_policy) return;
  const MemoryPolicy& policy = *part.memory_policy;
  findings.one_of("linux.memoryPolicy.mode", policy.mode,
                  {"MPOL_DEFAULT", "MPOL_PREFERRED", "MPOL_BIND", "MPOL_INTERLEAVE", "MPOL_LOCAL",
                   "MPOL_PREFERRED_MANY", "MPOL_WEIGHTED_INTERLEAVE"});
  findings.cpu_list("linux.memoryPolicy.nodes", policy.nodes);
  for (std::size_t i = 0; i < policy.flags.size(); ++i)
    findings.one_of(cat("linux.memoryPolicy.flags[", i, "]"), policy.flags[i],
                    {"MPOL_F_NUMA_BALANCING", "MPOL_F_RELATIVE_NODES", "MPOL_F_STATIC_NODES"});
}

void check_hidden_paths(const Linux& part, Findings& findings) {
  for (std::size_t i = 0; i < part.masked_paths.size(); ++i)
    findings.absolute(cat("linux.maskedPaths[", i, "]"), part.masked_paths[i]);
  for (std::size_t i = 0; i < part.readonly_paths.size(); ++i)
    findings.absolute(cat("linux.readonlyPaths[", i, "]"), part.readonly_paths[i]);
}

} // namespace

void check_linux_rules(const RuntimeConfig& config, Findings& findings) {
  const Linux& part = *config.linux_;
  check_namespaces(config, findings);
  check_mappings(config, findings);
  check_time(config, findings);
  check_devices(part, findings);
  check_net_devices(config, findings);
  check_sysctls(config, findings);
  if (part.resources) check_resource_rules(*part.resources, findings);
  if (part.seccomp) check_seccomp_rules(*part.seccomp, findings);
  findings.one_of("linux.rootfsPropagation", part.rootfs_propagation,
                  {"shared", "slave", "private", "unbindable", "rshared", "rslave", "rprivate", "runbindable"});
  check_hidden_paths(part, findings);
  if (part.intel_rdt) check_intel_rdt(*part.intel_rdt, findings);
  check_policies(part, findings);
}

} // namespace oci::spec
