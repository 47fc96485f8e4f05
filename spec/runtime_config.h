// config.json: runtime-spec 1.3, config.md and config-linux.md, every field for Linux. What is not known here (also
// other systems' sections) is kept in `extra` and written back. Absent numbers are nullopt, absent texts and lists
// empty.
#pragma once

#include "base/json.h"
#include "spec/json_fields.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oci::spec {

inline constexpr std::string_view runtime_spec_version = "1.3.0";

struct ConsoleSize {
  std::uint64_t height = 0, width = 0; // characters
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.required("height", s.height);
    v.required("width", s.width);
  }
};

struct User {
  std::uint32_t uid = 0, gid = 0;
  std::optional<std::uint32_t> umask;
  std::vector<std::uint32_t> additional_gids;
  std::string username; // of other systems; kept
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.always("uid", s.uid);
    v.always("gid", s.gid);
    v.optional("umask", s.umask);
    v.optional("additionalGids", s.additional_gids);
    v.optional("username", s.username);
  }
};

struct Capabilities {
  std::vector<std::string> bounding, effective, inheritable, permitted, ambient; // "CAP_CHOWN", …
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.optional("bounding", s.bounding);
    v.optional("effective", s.effective);
    v.optional("inheritable", s.inheritable);
    v.optional("permitted", s.permitted);
    v.optional("ambient", s.ambient);
  }
};

struct Rlimit {
  std::string type; // "RLIMIT_NOFILE"
  std::uint64_t hard = 0, soft = 0;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.required("type", s.type);
    v.required("hard", s.hard);
    v.required("soft", s.soft);
  }
};

struct Scheduler {
  std::string policy;
  std::optional<std::int32_t> nice, priority;
  std::vector<std::string> flags;
  std::optional<std::uint64_t> runtime, deadline, period; // nanoseconds
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.required("policy", s.policy);
    v.optional("nice", s.nice);
    v.optional("priority", s.priority);
    v.optional("flags", s.flags);
    v.optional("runtime", s.runtime);
    v.optional("deadline", s.deadline);
    v.optional("period", s.period);
  }
};

struct IoPriority {
  std::string io_class; // "IOPRIO_CLASS_BE"
  std::optional<std::int32_t> priority;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.required("class", s.io_class);
    v.optional("priority", s.priority);
  }
};

struct ExecCpuAffinity {
  std::string initial, final_; // cpu lists: "0-3,7"
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.optional("initial", s.initial);
    v.optional("final", s.final_);
  }
};

struct Process {
  bool terminal = false;
  std::optional<ConsoleSize> console_size;
  User user;
  std::vector<std::string> args;
  std::string command_line; // of Windows; kept
  std::vector<std::string> env;
  std::string cwd;
  std::optional<Capabilities> capabilities;
  std::vector<Rlimit> rlimits;
  bool no_new_privileges = false;
  std::string apparmor_profile;
  std::optional<std::int32_t> oom_score_adj;
  std::optional<Scheduler> scheduler;
  std::string selinux_label;
  std::optional<IoPriority> io_priority;
  std::optional<ExecCpuAffinity> exec_cpu_affinity;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.optional("terminal", s.terminal);
    v.optional("consoleSize", s.console_size);
    v.always("user", s.user);
    v.optional("args", s.args);
    v.optional("commandLine", s.command_line);
    v.optional("env", s.env);
    v.required("cwd", s.cwd);
    v.optional("capabilities", s.capabilities);
    v.optional("rlimits", s.rlimits);
    v.optional("noNewPrivileges", s.no_new_privileges);
    v.optional("apparmorProfile", s.apparmor_profile);
    v.optional("oomScoreAdj", s.oom_score_adj);
    v.optional("scheduler", s.scheduler);
    v.optional("selinuxLabel", s.selinux_label);
    v.optional("ioPriority", s.io_priority);
    v.optional("execCPUAffinity", s.exec_cpu_affinity);
  }
};

struct Root {
  std::string path; // relative to the bundle, or absolute
  bool readonly = false;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.required("path", s.path);
    v.optional("readonly", s.readonly);
  }
};

struct IdMapping {
  std::uint32_t container_id = 0, host_id = 0, size = 0;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.required("containerID", s.container_id);
    v.required("hostID", s.host_id);
    v.required("size", s.size);
  }
};

struct Mount {
  std::string destination;
  std::string type;
  std::string source;
  std::vector<std::string> options;
  std::vector<IdMapping> uid_mappings, gid_mappings;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.required("destination", s.destination);
    v.optional("type", s.type);
    v.optional("source", s.source);
    v.optional("options", s.options);
    v.optional("uidMappings", s.uid_mappings);
    v.optional("gidMappings", s.gid_mappings);
  }
};

struct Hook {
  std::string path;
  std::vector<std::string> args; // args[0] included
  std::vector<std::string> env;
  std::optional<std::int64_t> timeout; // seconds
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.required("path", s.path);
    v.optional("args", s.args);
    v.optional("env", s.env);
    v.optional("timeout", s.timeout);
  }
};

struct Hooks {
  std::vector<Hook> prestart, create_runtime, create_container, start_container, poststart, poststop;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.optional("prestart", s.prestart);
    v.optional("createRuntime", s.create_runtime);
    v.optional("createContainer", s.create_container);
    v.optional("startContainer", s.start_container);
    v.optional("poststart", s.poststart);
    v.optional("poststop", s.poststop);
  }
};

struct Namespace {
  std::string type; // "mount", "pid", "network", "uts", "ipc", "user", "cgroup", "time"
  std::string path; // "": a new one
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.required("type", s.type);
    v.optional("path", s.path);
  }
};

struct Device {
  std::string type; // "c", "b", "u", "p"
  std::string path;
  std::optional<std::int64_t> major, minor;
  std::optional<std::uint32_t> file_mode, uid, gid;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.required("path", s.path);
    v.required("type", s.type);
    v.optional("major", s.major);
    v.optional("minor", s.minor);
    v.optional("fileMode", s.file_mode);
    v.optional("uid", s.uid);
    v.optional("gid", s.gid);
  }
};

struct NetDevice {
  std::string name; // inside; "": as outside
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.optional("name", s.name);
  }
};

struct DeviceRule {
  bool allow = false;
  std::string type;                         // "a", "c", "b"; "": all
  std::optional<std::int64_t> major, minor; // nullopt: all
  std::string access;                       // of "rwm"; "": all
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.required("allow", s.allow);
    v.optional("type", s.type);
    v.optional("major", s.major);
    v.optional("minor", s.minor);
    v.optional("access", s.access);
  }
};

struct MemoryResources {
  std::optional<std::int64_t> limit, reservation, swap, kernel, kernel_tcp; // bytes; -1: no limit
  std::optional<std::uint64_t> swappiness;
  std::optional<bool> disable_oom_killer, use_hierarchy, check_before_update;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.optional("limit", s.limit);
    v.optional("reservation", s.reservation);
    v.optional("swap", s.swap);
    v.optional("kernel", s.kernel);
    v.optional("kernelTCP", s.kernel_tcp);
    v.optional("swappiness", s.swappiness);
    v.optional("disableOOMKiller", s.disable_oom_killer);
    v.optional("useHierarchy", s.use_hierarchy);
    v.optional("checkBeforeUpdate", s.check_before_update);
  }
};

struct CpuResources {
  std::optional<std::uint64_t> shares, period, burst, realtime_period; // times in microseconds
  std::optional<std::int64_t> quota, realtime_runtime, idle;
  std::string cpus, mems;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.optional("shares", s.shares);
    v.optional("quota", s.quota);
    v.optional("burst", s.burst);
    v.optional("period", s.period);
    v.optional("realtimeRuntime", s.realtime_runtime);
    v.optional("realtimePeriod", s.realtime_period);
    v.optional("cpus", s.cpus);
    v.optional("mems", s.mems);
    v.optional("idle", s.idle);
  }
};

struct PidsResources {
  std::optional<std::int64_t> limit; // -1 (and, as engines mean it, 0): no limit
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.optional("limit", s.limit);
  }
};

struct WeightDevice {
  std::int64_t major = 0, minor = 0;
  std::optional<std::uint16_t> weight, leaf_weight;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.required("major", s.major);
    v.required("minor", s.minor);
    v.optional("weight", s.weight);
    v.optional("leafWeight", s.leaf_weight);
  }
};

struct ThrottleDevice {
  std::int64_t major = 0, minor = 0;
  std::uint64_t rate = 0; // bytes or operations a second
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.required("major", s.major);
    v.required("minor", s.minor);
    v.always("rate", s.rate);
  }
};

struct BlockIo {
  std::optional<std::uint16_t> weight, leaf_weight;
  std::vector<WeightDevice> weight_device;
  std::vector<ThrottleDevice> read_bps, write_bps, read_iops, write_iops;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.optional("weight", s.weight);
    v.optional("leafWeight", s.leaf_weight);
    v.optional("weightDevice", s.weight_device);
    v.optional("throttleReadBpsDevice", s.read_bps);
    v.optional("throttleWriteBpsDevice", s.write_bps);
    v.optional("throttleReadIOPSDevice", s.read_iops);
    v.optional("throttleWriteIOPSDevice", s.write_iops);
  }
};

struct HugepageLimit {
  std::string page_size;   // "2MB"
  std::uint64_t limit = 0; // bytes
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.required("pageSize", s.page_size);
    v.required("limit", s.limit);
  }
};

struct InterfacePriority {
  std::string name;
  std::uint32_t priority = 0;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.required("name", s.name);
    v.required("priority", s.priority);
  }
};

struct NetworkResources {
  std::optional<std::uint32_t> class_id;
  std::vector<InterfacePriority> priorities;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.optional("classID", s.class_id);
    v.optional("priorities", s.priorities);
  }
};

struct Rdma {
  std::optional<std::uint32_t> hca_handles, hca_objects;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.optional("hcaHandles", s.hca_handles);
    v.optional("hcaObjects", s.hca_objects);
  }
};

struct Resources {
  std::vector<DeviceRule> devices;
  std::optional<MemoryResources> memory;
  std::optional<CpuResources> cpu;
  std::optional<PidsResources> pids;
  std::optional<BlockIo> block_io;
  std::vector<HugepageLimit> hugepage_limits;
  std::optional<NetworkResources> network;
  std::map<std::string, Rdma> rdma;
  std::map<std::string, std::string> unified;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.optional("devices", s.devices);
    v.optional("memory", s.memory);
    v.optional("cpu", s.cpu);
    v.optional("pids", s.pids);
    v.optional("blockIO", s.block_io);
    v.optional("hugepageLimits", s.hugepage_limits);
    v.optional("network", s.network);
    v.optional("rdma", s.rdma);
    v.optional("unified", s.unified);
  }
};

struct SyscallArg {
  std::uint32_t index = 0;
  std::uint64_t value = 0;
  std::optional<std::uint64_t> value_two;
  std::string op; // "SCMP_CMP_EQ"
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.required("index", s.index);
    v.required("value", s.value);
    v.optional("valueTwo", s.value_two);
    v.required("op", s.op);
  }
};

struct SyscallRule {
  std::vector<std::string> names;
  std::string action; // "SCMP_ACT_ALLOW"
  std::optional<std::uint32_t> errno_ret;
  std::vector<SyscallArg> args;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.required("names", s.names);
    v.required("action", s.action);
    v.optional("errnoRet", s.errno_ret);
    v.optional("args", s.args);
  }
};

struct Seccomp {
  std::string default_action;
  std::optional<std::uint32_t> default_errno_ret;
  std::vector<std::string> architectures; // "SCMP_ARCH_X86_64"
  std::vector<std::string> flags;
  std::string listener_path, listener_metadata;
  std::vector<SyscallRule> syscalls;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.required("defaultAction", s.default_action);
    v.optional("defaultErrnoRet", s.default_errno_ret);
    v.optional("architectures", s.architectures);
    v.optional("flags", s.flags);
    v.optional("listenerPath", s.listener_path);
    v.optional("listenerMetadata", s.listener_metadata);
    v.optional("syscalls", s.syscalls);
  }
};

struct IntelRdt {
  std::optional<std::string> clos_id; // "" is refused by the runtime, absent is not
  std::vector<std::string> schemata;
  std::string l3_cache_schema, mem_bw_schema;
  bool enable_monitoring = false;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.optional("closID", s.clos_id);
    v.optional("schemata", s.schemata);
    v.optional("l3CacheSchema", s.l3_cache_schema);
    v.optional("memBwSchema", s.mem_bw_schema);
    v.optional("enableMonitoring", s.enable_monitoring);
  }
};

struct MemoryPolicy {
  std::string mode, nodes;
  std::vector<std::string> flags;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.optional("mode", s.mode);
    v.optional("nodes", s.nodes);
    v.optional("flags", s.flags);
  }
};

struct Personality {
  std::string domain; // "LINUX", "LINUX32"
  std::vector<std::string> flags;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.optional("domain", s.domain);
    v.optional("flags", s.flags);
  }
};

struct TimeOffset {
  std::int64_t secs = 0;
  std::uint32_t nanosecs = 0;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.optional("secs", s.secs);
    v.optional("nanosecs", s.nanosecs);
  }
};

struct Linux {
  std::vector<IdMapping> uid_mappings, gid_mappings;
  std::map<std::string, TimeOffset> time_offsets; // "monotonic", "boottime"
  std::map<std::string, std::string> sysctl;
  std::optional<Resources> resources;
  std::string cgroups_path;
  std::vector<Namespace> namespaces;
  std::vector<Device> devices;
  std::map<std::string, NetDevice> net_devices; // by the name outside
  std::optional<Seccomp> seccomp;
  std::string rootfs_propagation;
  std::vector<std::string> masked_paths, readonly_paths;
  std::string mount_label;
  std::optional<IntelRdt> intel_rdt;
  std::optional<MemoryPolicy> memory_policy;
  std::optional<Personality> personality;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.optional("uidMappings", s.uid_mappings);
    v.optional("gidMappings", s.gid_mappings);
    v.optional("timeOffsets", s.time_offsets);
    v.optional("sysctl", s.sysctl);
    v.optional("resources", s.resources);
    v.optional("cgroupsPath", s.cgroups_path);
    v.optional("namespaces", s.namespaces);
    v.optional("devices", s.devices);
    v.optional("netDevices", s.net_devices);
    v.optional("seccomp", s.seccomp);
    v.optional("rootfsPropagation", s.rootfs_propagation);
    v.optional("maskedPaths", s.masked_paths);
    v.optional("readonlyPaths", s.readonly_paths);
    v.optional("mountLabel", s.mount_label);
    v.optional("intelRdt", s.intel_rdt);
    v.optional("memoryPolicy", s.memory_policy);
    v.optional("personality", s.personality);
  }
};

struct RuntimeConfig {
  std::string oci_version;
  std::optional<Process> process;
  std::optional<Root> root;
  std::string hostname, domainname;
  std::vector<Mount> mounts;
  std::optional<Hooks> hooks;
  std::map<std::string, std::string> annotations;
  std::optional<Linux> linux_;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.required("ociVersion", s.oci_version);
    v.optional("process", s.process);
    v.optional("root", s.root);
    v.optional("hostname", s.hostname);
    v.optional("domainname", s.domainname);
    v.optional("mounts", s.mounts);
    v.optional("hooks", s.hooks);
    v.optional("annotations", s.annotations);
    v.optional("linux", s.linux_);
  }
};

// Throw Error "<name>: process.user.uid: out of range". Duplicate and case-variant keys are added to *warnings (or
// dropped when null), as are no other things. Only the mapping is checked here; what the values mean is the runtime's
// to judge.
RuntimeConfig parse_runtime_config(std::string_view text, std::string_view name,
                                   std::vector<std::string>* warnings = nullptr);
Process parse_process(std::string_view text, std::string_view name, std::vector<std::string>* warnings = nullptr);
Resources parse_resources(std::string_view text, std::string_view name, std::vector<std::string>* warnings = nullptr);
Seccomp parse_seccomp(std::string_view text, std::string_view name); // linux.seccomp alone

Json to_json(const RuntimeConfig& config);
Json to_json(const Process& process);
RuntimeConfig runtime_config_from_json(Json document, std::string_view name);

} // namespace oci::spec
