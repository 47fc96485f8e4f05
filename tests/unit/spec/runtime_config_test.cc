#include "spec/runtime_config.h"

#include "support.h"

namespace oci::spec {
namespace {

// Every field of the runtime-spec for Linux, and at every level a key that no version knows.
constexpr std::string_view everything = R"json({
  "ociVersion": "1.3.0",
  "process": {
    "terminal": true,
    "consoleSize": {"height": 25, "width": 80, "x-depth": 3},
    "user": {"uid": 1, "gid": 2, "umask": 63, "additionalGids": [5, 4294967295], "username": "web", "x-realm": "a"},
    "args": ["sh", "-c", "exit 0"],
    "commandLine": "sh -c exit",
    "env": ["PATH=/bin", "EMPTY="],
    "cwd": "/srv",
    "capabilities": {"bounding": ["CAP_KILL"], "effective": ["CAP_KILL"], "inheritable": ["CAP_CHOWN"],
                     "permitted": ["CAP_KILL"], "ambient": ["CAP_FOWNER"], "x-set": ["CAP_X"]},
    "rlimits": [{"type": "RLIMIT_CORE", "hard": 18446744073709551615, "soft": 0, "x-unit": "bytes"}],
    "noNewPrivileges": true,
    "apparmorProfile": "acme",
    "oomScoreAdj": -1000,
    "scheduler": {"policy": "SCHED_DEADLINE", "nice": -5, "priority": 7, "flags": ["SCHED_FLAG_RECLAIM"],
                  "runtime": 1, "deadline": 2, "period": 18446744073709551615, "x-new": null},
    "selinuxLabel": "system_u:object_r:x_t:s0",
    "ioPriority": {"class": "IOPRIO_CLASS_BE", "priority": 4, "x": 1},
    "execCPUAffinity": {"initial": "0-1", "final": "7", "x": 1},
    "x-process": {"deep": [1, {"er": 2.5}]}
  },
  "root": {"path": "rootfs", "readonly": true, "x": 1},
  "hostname": "slartibartfast",
  "domainname": "example.org",
  "mounts": [
    {"destination": "/proc", "type": "proc", "source": "proc", "options": ["nosuid"], "x": 1},
    {"destination": "/m", "uidMappings": [{"containerID": 0, "hostID": 1000, "size": 65536, "x": 1}],
     "gidMappings": [{"containerID": 0, "hostID": 1000, "size": 65536}]}
  ],
  "hooks": {
    "prestart": [{"path": "/h", "args": ["h", "a"], "env": ["K=V"], "timeout": 30, "x": 1}],
    "createRuntime": [{"path": "/h"}], "createContainer": [{"path": "/h"}], "startContainer": [{"path": "/h"}],
    "poststart": [{"path": "/h"}], "poststop": [{"path": "/h"}], "preboot": [{"path": "/x"}]
  },
  "annotations": {"com.example.key": "value", "COM.EXAMPLE.KEY": "other", "": "empty key"},
  "linux": {
    "uidMappings": [{"containerID": 0, "hostID": 1000, "size": 32000}],
    "gidMappings": [{"containerID": 0, "hostID": 1000, "size": 32000}],
    "timeOffsets": {"monotonic": {"secs": -172800, "nanosecs": 1, "x": 1}},
    "sysctl": {"net.core.somaxconn": "256"},
    "resources": {
      "devices": [{"allow": false, "access": "rwm", "x": 1},
                  {"allow": true, "type": "c", "major": 10, "minor": 229, "access": "rw"}],
      "memory": {"limit": -1, "reservation": 9223372036854775807, "swap": -9223372036854775808, "kernel": -1,
                 "kernelTCP": -1, "swappiness": 0, "disableOOMKiller": false, "useHierarchy": true,
                 "checkBeforeUpdate": false, "x": 1},
      "cpu": {"shares": 1024, "quota": -1, "burst": 1000, "period": 18446744073709551615, "realtimeRuntime": 950000,
              "realtimePeriod": 1000000, "cpus": "2-3", "mems": "0-7", "idle": 0, "x": 1},
      "pids": {"limit": 0, "x": 1},
      "blockIO": {"weight": 10, "leafWeight": 65535,
                  "weightDevice": [{"major": 8, "minor": 0, "weight": 500, "leafWeight": 300, "x": 1}],
                  "throttleReadBpsDevice": [{"major": 8, "minor": 0, "rate": 600, "x": 1}],
                  "throttleWriteBpsDevice": [{"major": 8, "minor": 0, "rate": 18446744073709551615}],
                  "throttleReadIOPSDevice": [{"major": 8, "minor": 0, "rate": 0}],
                  "throttleWriteIOPSDevice": [{"major": 8, "minor": 16, "rate": 300}], "x": 1},
      "hugepageLimits": [{"pageSize": "2MB", "limit": 9223372036854772000, "x": 1}],
      "network": {"classID": 1048577, "priorities": [{"name": "eth0", "priority": 500, "x": 1}], "x": 1},
      "rdma": {"mlx5_1": {"hcaHandles": 3, "hcaObjects": 10000, "x": 1}},
      "unified": {"io.max": "259:0 rbps=2097152"},
      "x-resource": {"limit": 1}
    },
    "cgroupsPath": "/myRuntime/myContainer",
    "namespaces": [{"type": "pid", "path": "/proc/1234/ns/pid", "x": 1}, {"type": "network"}],
    "devices": [{"path": "/dev/fuse", "type": "c", "major": 10, "minor": 229, "fileMode": 438, "uid": 0, "gid": 0, "x": 1}],
    "netDevices": {"eth0": {"name": "container_eth0", "x": 1}},
    "seccomp": {
      "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1, "architectures": ["SCMP_ARCH_X86"],
      "flags": ["SECCOMP_FILTER_FLAG_LOG"], "listenerPath": "/run/s", "listenerMetadata": "m",
      "syscalls": [{"names": ["getcwd"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38,
                    "args": [{"index": 1, "value": 18446744073709551615, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ",
                              "x": 1}], "comment": "kept"}],
      "archMap": []
    },
    "rootfsPropagation": "slave",
    "maskedPaths": ["/proc/kcore"],
    "readonlyPaths": ["/proc/sys"],
    "mountLabel": "system_u:object_r:y_t:s0",
    "intelRdt": {"closID": "", "schemata": ["L3:0=f"], "l3CacheSchema": "L3:0=7f0", "memBwSchema": "MB:0=20",
                 "enableMonitoring": true, "enableCMT": true},
    "memoryPolicy": {"mode": "MPOL_INTERLEAVE", "nodes": "0-3", "flags": ["MPOL_F_STATIC_NODES"], "x": 1},
    "personality": {"domain": "LINUX32", "flags": ["X"], "x": 1},
    "x-linux": true
  },
  "windows": {"layerFolders": ["C:\\layer"]},
  "x-top": [null, 18446744073709551615, -9223372036854775808]
})json";

RuntimeConfig parse(std::string_view text) { return parse_runtime_config(text, "config.json"); }

std::string error_in(std::string_view text) {
  return error_of([&] { (void)parse(text); });
}

TEST(RuntimeConfig, LosesNothing) {
  const RuntimeConfig config = parse(everything);
  EXPECT_EQ(canonical(to_json(config)), canonical_text(everything));
  EXPECT_EQ(canonical(to_json(parse(dump_json(to_json(config))))), canonical_text(everything));
}

TEST(RuntimeConfig, ReadsValues) {
  const RuntimeConfig config = parse(everything);
  EXPECT_EQ(config.process->user.additional_gids.at(1), 4294967295u);
  EXPECT_EQ(config.process->rlimits.at(0).hard, UINT64_MAX);
  EXPECT_EQ(config.process->oom_score_adj, -1000);
  EXPECT_EQ(config.linux_->resources->memory->limit, -1);
  EXPECT_EQ(config.linux_->resources->memory->swap, INT64_MIN);
  EXPECT_EQ(config.linux_->resources->memory->reservation, INT64_MAX);
  EXPECT_EQ(config.linux_->resources->memory->disable_oom_killer, false);
  EXPECT_EQ(config.linux_->resources->cpu->period, UINT64_MAX);
  EXPECT_EQ(config.linux_->seccomp->syscalls.at(0).args.at(0).value, UINT64_MAX);
  EXPECT_EQ(config.linux_->time_offsets.at("monotonic").secs, -172800);
  EXPECT_EQ(config.linux_->intel_rdt->clos_id, "");
  EXPECT_EQ(config.linux_->net_devices.at("eth0").name, "container_eth0");
  EXPECT_EQ(config.annotations.at(""), "empty key");
  EXPECT_EQ(config.annotations.size(), 3u);
}

TEST(RuntimeConfig, LimitsAreExact) {
  const RuntimeConfig config = parse(everything);
  const std::string text = dump_json(to_json(config));
  EXPECT_NE(text.find(R"("hard":18446744073709551615)"), std::string::npos);
  EXPECT_NE(text.find(R"("limit":-1)"), std::string::npos);
  EXPECT_NE(text.find(R"("swap":-9223372036854775808)"), std::string::npos);
  EXPECT_NE(text.find(R"("limit":9223372036854772000)"), std::string::npos);
}

TEST(RuntimeConfig, WritesDeclaredOrderThenUnknownKeys) {
  const RuntimeConfig config = parse(R"({"zeta": 1, "hostname": "h", "alpha": 2, "root": {"path": "r"},
                                         "ociVersion": "1.0.0"})");
  EXPECT_EQ(dump_json(to_json(config)),
            R"({"ociVersion":"1.0.0","root":{"path":"r"},"hostname":"h","zeta":1,"alpha":2})");
}

TEST(RuntimeConfig, WritesWhatMustAlwaysBeThere) {
  Process process;
  process.cwd = "/";
  EXPECT_EQ(dump_json(to_json(process)), R"({"user":{"uid":0,"gid":0},"cwd":"/"})");
}

TEST(RuntimeConfig, NullCountsAsAbsent) {
  const RuntimeConfig config =
      parse(R"({"ociVersion": "1.0.0", "process": null, "mounts": null, "hostname": null, "annotations": null})");
  EXPECT_FALSE(config.process);
  EXPECT_TRUE(config.extra.is_null());
  EXPECT_EQ(dump_json(to_json(config)), R"({"ociVersion":"1.0.0"})");
}

TEST(RuntimeConfig, ErrorsNameTheirPlace) {
  const std::pair<const char*, const char*> cases[] = {
      {R"([])", "config.json: expected an object, got an array"},
      {R"({})", "config.json: ociVersion: missing"},
      {R"({"ociVersion": null})", "config.json: ociVersion: missing"},
      {R"({"ociVersion": 1})", "config.json: ociVersion: expected a string, got a number"},
      {R"({"ociVersion": "1", "process": {"cwd": "/", "user": {"uid": -1}}})",
       "config.json: process.user.uid: out of range"},
      {R"({"ociVersion": "1", "process": {"cwd": "/", "user": {"uid": 4294967296}}})",
       "config.json: process.user.uid: out of range"},
      {R"({"ociVersion": "1", "process": {"cwd": "/", "user": {"uid": 1.5}}})",
       "config.json: process.user.uid: must be a whole number"},
      {R"({"ociVersion": "1", "process": {"cwd": "/", "user": {"uid": "0"}}})",
       "config.json: process.user.uid: expected a number, got a string"},
      {R"({"ociVersion": "1", "process": {}})", "config.json: process.cwd: missing"},
      {R"({"ociVersion": "1", "process": {"cwd": "/", "args": ["a", 7]}})",
       "config.json: process.args[1]: expected a string, got a number"},
      {R"({"ociVersion": "1", "process": {"cwd": "/", "args": "a"}})",
       "config.json: process.args: expected an array, got a string"},
      {R"({"ociVersion": "1", "process": {"cwd": "/", "terminal": 1}})",
       "config.json: process.terminal: expected a boolean, got a number"},
      {R"({"ociVersion": "1", "process": {"cwd": "/", "oomScoreAdj": 3000000000}})",
       "config.json: process.oomScoreAdj: out of range"},
      {R"({"ociVersion": "1", "process": {"cwd": "/", "rlimits": [{"type": "T", "soft": 1, "hard": 1e20}]}})",
       "config.json: process.rlimits[0].hard: out of range"},
      {R"({"ociVersion": "1", "root": {"path": 18446744073709551616}})",
       "config.json: line 1, column 58: number out of range"},
      {R"({"ociVersion": "1", "annotations": {"a.b": []}})",
       "config.json: annotations[\"a.b\"]: expected a string, got an array"},
      {R"({"ociVersion": "1", "mounts": [{"destination": "/a"}, null]})",
       "config.json: mounts[1]: expected an object, got null"},
      {R"({"ociVersion": "1", "linux": {"resources": {"rdma": {"m": {"hcaHandles": -1}}}}})",
       "config.json: linux.resources.rdma[\"m\"].hcaHandles: out of range"},
      {R"({"ociVersion": "1", "linux": {"resources": {"blockIO": {"weight": 65536}}}})",
       "config.json: linux.resources.blockIO.weight: out of range"},
      {R"({"ociVersion": "1", "hostname": "a\u0000b"})", "config.json: hostname: holds a NUL character"},
      {R"({"ociVersion": "1", "linux": {"sysctl": {"a\u0000b": "1"}}})",
       "config.json: linux.sysctl[\"a\\x00b\"]: holds a NUL character"},
  };
  for (const auto& [text, message] : cases) EXPECT_EQ(error_in(text), message) << text;
}

TEST(RuntimeConfig, DuplicatesAndCaseVariantsOnlyWarn) {
  std::vector<std::string> warnings;
  const RuntimeConfig config =
      parse_runtime_config(R"({"ociVersion": "1", "hostname": "first", "hostname": "last", "Hostname": "other",
                               "process": {"CWD": "/x", "cwd": "/"}, "annotations": {"K": "1", "k": "2"}})",
                           "config.json", &warnings);
  EXPECT_EQ(config.hostname, "last");
  EXPECT_EQ(config.process->cwd, "/");
  EXPECT_EQ(config.annotations.size(), 2u);
  ASSERT_EQ(warnings.size(), 3u);
  EXPECT_EQ(warnings[0], "config.json: hostname: given more than once, the last one counts");
  EXPECT_EQ(warnings[1], "config.json: process.CWD: ignored: differs only in case from \"cwd\"");
  EXPECT_EQ(warnings[2], "config.json: Hostname: ignored: differs only in case from \"hostname\"");
  EXPECT_EQ(dump_json(*to_json(config).find("Hostname")), R"("other")");
}

TEST(RuntimeConfig, ParsesPartsAlone) {
  EXPECT_EQ(parse_process(R"({"cwd": "/", "args": ["a"]})", "process.json").args.at(0), "a");
  EXPECT_EQ(parse_resources(R"({"memory": {"limit": 5}})", "-").memory->limit, 5);
  EXPECT_EQ(parse_seccomp(R"({"defaultAction": "SCMP_ACT_ALLOW"})", "profile").default_action, "SCMP_ACT_ALLOW");
  EXPECT_EQ(error_of([] { (void)parse_seccomp("{}", "profile"); }), "profile: defaultAction: missing");
}

// As dockerd writes it: members in Go's order, empty lists, numbers at the edges.
TEST(RuntimeConfig, KeepsAnEnginesConfig) {
  constexpr std::string_view docker = R"json({"ociVersion":"1.2.1","process":{"terminal":true,"user":{"uid":0,"gid":0,
    "additionalGids":[0,1,2,3,4,6,10,11,20,26,27]},"args":["sh"],"env":["PATH=/usr/bin:/bin","HOSTNAME=ab","TERM=xterm"],
    "cwd":"/","capabilities":{"bounding":["CAP_CHOWN"],"effective":["CAP_CHOWN"],"permitted":["CAP_CHOWN"]},
    "apparmorProfile":"docker-default","oomScoreAdj":0},"root":{"path":"/var/lib/docker/overlay2/x/merged"},
    "hostname":"ab","mounts":[{"destination":"/dev","type":"tmpfs","source":"tmpfs",
    "options":["nosuid","strictatime","mode=755","size=65536k"]}],
    "hooks":{"prestart":[{"path":"/proc/1/exe","args":["libnetwork-setkey","-exec-root=/var/run/docker"]}]},
    "linux":{"sysctl":{"net.ipv4.ip_unprivileged_port_start":"0"},"resources":{"devices":[{"allow":false,"access":"rwm"},
    {"allow":true,"type":"c","major":1,"minor":5,"access":"rwm"}],"memory":{},"cpu":{"shares":0},"blockIO":{}},
    "cgroupsPath":"/docker/ab","namespaces":[{"type":"mount"},{"type":"network"}],
    "seccomp":{"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":1,"architectures":["SCMP_ARCH_X86_64"],
    "syscalls":[{"names":["personality"],"action":"SCMP_ACT_ALLOW","args":[{"index":0,"value":0,"op":"SCMP_CMP_EQ"}]}]},
    "maskedPaths":["/proc/asound"],"readonlyPaths":["/proc/bus"]}})json";
  EXPECT_EQ(canonical(to_json(parse(docker))), canonical_text(docker));
}

} // namespace
} // namespace oci::spec
