#include "spec/config_check.h"

#include "support.h"

#include <algorithm>

namespace oci::spec {
namespace {

constexpr std::string_view sound = R"json({
  "ociVersion": "1.2.0",
  "process": {"user": {"uid": 0, "gid": 0}, "args": ["sh"], "env": ["A=1"], "cwd": "/",
              "capabilities": {"bounding": ["CAP_KILL"], "permitted": ["CAP_KILL"]},
              "rlimits": [{"type": "RLIMIT_CORE", "hard": 2, "soft": 1}]},
  "root": {"path": "rootfs"},
  "hostname": "h",
  "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
  "hooks": {"poststop": [{"path": "/bin/true"}]},
  "linux": {"namespaces": [{"type": "pid"}, {"type": "uts"}, {"type": "network"}, {"type": "mount"}],
            "devices": [{"type": "c", "path": "/dev/x", "major": 1, "minor": 3}],
            "sysctl": {"net.ipv4.ip_forward": "1"},
            "resources": {"memory": {"limit": 100}, "cpu": {"cpus": "0-1"}},
            "seccomp": {"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW"}]}}
})json";

// The sound document with the value at "a.b.0.c" replaced; an empty one takes the key away.
std::string changed(std::string_view path, std::string_view value) {
  Json document = parse_json(sound, "sound");
  Json* at = &document;
  const std::vector<std::string> parts = split(path, '/');
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    if (Json::Array* items = at->as_array()) {
      at = &(*items)[*parse_unsigned(parts[i])];
      continue;
    }
    Json* next = at->find(parts[i]);
    at = next != nullptr ? next : &at->set(parts[i], Json::Object());
  }
  if (value.empty())
    at->erase(parts.back());
  else if (Json::Array* items = at->as_array())
    (*items)[*parse_unsigned(parts.back())] = parse_json(value, "value");
  else
    at->set(parts.back(), parse_json(value, "value"));
  return dump_json(document);
}

std::string text_of(const std::vector<Finding>& findings) {
  std::string out;
  for (const Finding& finding : findings)
    out +=
        cat(finding.level == Finding::Level::error ? "error: " : "warning: ", finding.path, ": ", finding.text, "\n");
  return out;
}

TEST(ConfigCheck, FindsNothingWrongWithASoundConfig) {
  EXPECT_EQ(text_of(check_config(sound, "config.json").findings), "");
}

struct Case {
  std::string_view path, value; // what is changed
  std::string_view finding;     // how the line about it begins
};

class ConfigCheckCase : public testing::TestWithParam<Case> {};

TEST_P(ConfigCheckCase, IsTheOneFinding) {
  const Case& one = GetParam();
  const std::string text = text_of(check_config(changed(one.path, one.value), "config.json").findings);
  EXPECT_TRUE(text.starts_with(one.finding)) << text << "instead of " << one.finding;
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
}

INSTANTIATE_TEST_SUITE_P(
    Shape, ConfigCheckCase,
    testing::Values(Case{"ociVersion", "", "error: ociVersion: missing"},
                    Case{"ociVersion", "\"1.x\"", "error: ociVersion: not a version"},
                    Case{"ociVersion", "\"2.0.0\"", "error: ociVersion: version 2.0.0"},
                    Case{"root", "", "error: root: missing"}, Case{"root", "7", "error: root: expected an object"},
                    Case{"process/user/uid", "\"a\"", "error: process.user.uid: expected a number, got a string"},
                    Case{"process/user/gid", "-1", "error: process.user.gid: out of range"},
                    Case{"process/args", "[\"sh\", 1]", "error: process.args[1]: expected a string"},
                    Case{"process/terminal", "\"yes\"", "error: process.terminal: expected a boolean"},
                    Case{"mounts/0/destination", "", "error: mounts[0].destination: missing"},
                    Case{"proces", "{}", "warning: proces: unknown, has no effect; did you mean \"process\"?"},
                    Case{"process/ENV", "[]", "warning: process.ENV: has no effect: differs only in case from \"env\""},
                    Case{"linux/resources/memory/limits", "1",
                         "warning: linux.resources.memory.limits: unknown, has no effect; did you mean \"limit\"?"}));

INSTANTIATE_TEST_SUITE_P(
    Rules, ConfigCheckCase,
    testing::Values(
        Case{"process", "", "warning: process: missing"}, Case{"process/cwd", "\"x\"", "error: process.cwd: must be"},
        Case{"process/args", "[]", "error: process.args: must have"},
        Case{"process/env/0", "\"A\"", "warning: process.env[0]: not NAME=VALUE"},
        Case{"process/rlimits/0/type", "\"RLIMIT_CORES\"",
             "error: process.rlimits[0].type: unknown value \"RLIMIT_CORES\"; did"},
        Case{"process/rlimits/0/soft", "3", "error: process.rlimits[0].soft: is above hard"},
        Case{"process/rlimits", R"([{"type":"RLIMIT_CPU","hard":1,"soft":1},{"type":"RLIMIT_CPU","hard":1,"soft":1}])",
             "error: process.rlimits[1].type: RLIMIT_CPU is there already"},
        Case{"process/capabilities/bounding/0", "\"KILL\"", "warning: process.capabilities.bounding[0]: no capability"},
        Case{"process/capabilities/effective", "[\"CAP_CHOWN\"]",
             "warning: process.capabilities.effective[0]: CAP_CHOWN is not in permitted"},
        Case{"process/oomScoreAdj", "1001", "error: process.oomScoreAdj: not between"},
        Case{"process/consoleSize", R"({"height":1,"width":1})", "warning: process.consoleSize: has no effect"},
        Case{"process/ioPriority", R"({"class":"IOPRIO_CLASS_BE","priority":8})", "error: process.ioPriority.priority"},
        Case{"process/scheduler", R"({"policy":"SCHED_FIF0"})", "error: process.scheduler.policy: unknown value"},
        Case{"mounts/0/type", "", "error: mounts[0].type: missing"},
        Case{"mounts/0/destination", "\"proc\"", "warning: mounts[0].destination: relative"},
        Case{"mounts/0/options", "[\"idmap\"]", "error: mounts[0].options: idmap without mappings"},
        Case{"mounts/0/uidMappings", R"([{"containerID":0,"hostID":0,"size":1}])", "error: mounts[0].gidMappings"},
        Case{"hooks/poststop/0/path", "\"true\"", "error: hooks.poststop[0].path: must be an absolute path"},
        Case{"hooks/poststop/0/timeout", "0", "error: hooks.poststop[0].timeout: must be greater"},
        Case{"annotations", R"({"":"x"})", "error: annotations: a key is empty"}));

INSTANTIATE_TEST_SUITE_P(
    LinuxRules, ConfigCheckCase,
    testing::Values(
        Case{"linux/namespaces/1/type", "\"ipc\"", "error: hostname: would change the host's"},
        Case{"linux/namespaces/3/type", "\"pid\"", "error: linux.namespaces[3].type: pid is there already"},
        Case{"linux/namespaces/3/type", "\"mnt\"", "error: linux.namespaces[3].type: unknown value"},
        Case{"linux/namespaces/3/path", "\"x\"", "error: linux.namespaces[3].path: must be an absolute path"},
        Case{"linux/uidMappings", R"([{"containerID":0,"hostID":0,"size":1}])",
             "error: linux.uidMappings: needs a user"},
        Case{"linux/timeOffsets", R"({"monotonic":{"secs":1}})", "error: linux.timeOffsets: needs a time namespace"},
        Case{"linux/devices/0/type", "\"x\"", "error: linux.devices[0].type: unknown value"},
        Case{"linux/devices/0/major", "", "error: linux.devices[0].major: missing"},
        Case{"linux/sysctl", R"({"vm.swappiness":"1"})",
             "error: linux.sysctl[\"vm.swappiness\"]: belongs to the whole"},
        Case{"linux/sysctl", R"({"kernel.shmmax":"1"})",
             "error: linux.sysctl[\"kernel.shmmax\"]: would change the host's"},
        Case{"linux/sysctl", R"({"kernel.hostname":"x"})", "error: linux.sysctl[\"kernel.hostname\"]: conflicts"},
        Case{"linux/netDevices", R"({"a-name-that-is-too-long":{}})", "error: linux.netDevices[\"a-name"},
        Case{"linux/intelRdt", R"({"closID":".."})", "error: linux.intelRdt.closID: not a name"},
        Case{"linux/personality", R"({"domain":"LINUX64"})", "error: linux.personality.domain: unknown value"},
        Case{"linux/maskedPaths", "[\"proc\"]", "error: linux.maskedPaths[0]: must be an absolute path"},
        Case{"linux/rootfsPropagation", "\"sharing\"", "error: linux.rootfsPropagation: unknown value"},
        Case{"linux/resources/memory/swap", "50", "error: linux.resources.memory.swap: is memory and swap together"},
        Case{"linux/resources/cpu/cpus", "\"0-\"", "error: linux.resources.cpu.cpus: not a list of numbers"},
        Case{"linux/resources/cpu/period", "1", "error: linux.resources.cpu.period: not between"},
        Case{"linux/resources/blockIO", R"({"weight":5})", "error: linux.resources.blockIO.weight: not between"},
        Case{"linux/resources/hugepageLimits", R"([{"pageSize":"2M","limit":1}])",
             "error: linux.resources.hugepageLimits[0].pageSize: not a size"},
        Case{"linux/resources/rdma", R"({"mlx":{}})", "error: linux.resources.rdma[\"mlx\"]: has neither"},
        Case{"linux/resources/unified", R"({"../x":"1"})", "error: linux.resources.unified[\"../x\"]: not a file"},
        Case{"linux/resources/devices", R"([{"allow":true,"access":"rx"}])",
             "error: linux.resources.devices[0].access"},
        Case{"linux/seccomp/defaultAction", "\"SCMP_ACT_DENY\"", "error: linux.seccomp.defaultAction: unknown value"},
        Case{"linux/seccomp/syscalls/0/names", "[]", "error: linux.seccomp.syscalls[0].names: must have"},
        Case{"linux/seccomp/syscalls/0/action", "\"SCMP_ACT_NOTIFY\"", "error: linux.seccomp.listenerPath: missing"},
        Case{"linux/seccomp/syscalls/0/errnoRet", "1",
             "error: linux.seccomp.syscalls[0].errnoRet: SCMP_ACT_ALLOW gives"},
        Case{"linux/seccomp/listenerMetadata", "\"x\"", "error: linux.seccomp.listenerMetadata: must not be set"}));

TEST(ConfigCheck, SaysAllAtOnceInOrder) {
  const std::string text =
      text_of(check_config(R"({"process": {"user": {"uid": -1}, "cwd": "x", "args": []}, "root": {}, "bogus": 1})", "c")
                  .findings);
  EXPECT_EQ(text, "error: ociVersion: missing\n"
                  "error: process.user.uid: out of range\n"
                  "error: root.path: missing\n"
                  "warning: bogus: unknown, has no effect\n"
                  "error: process.cwd: must be an absolute path, not \"x\"\n"
                  "error: process.args: must have one entry at least, the program\n");
}

TEST(ConfigCheck, RefusesWhatIsNoJson) { EXPECT_THROW(check_config("{", "config.json"), Error); }

} // namespace
} // namespace oci::spec
