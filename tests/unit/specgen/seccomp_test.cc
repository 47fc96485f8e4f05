// The default profile against Docker's, rule by rule after resolving; and profiles given as files.
#include "specgen/seccomp_profile.h"

#include "base/files.h"
#include "helpers.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <set>

namespace oci::specgen::test {
namespace {

using testing::ElementsAre;

const std::vector<std::string> docker_capabilities = {
    "CAP_CHOWN",   "CAP_DAC_OVERRIDE", "CAP_FSETID",           "CAP_FOWNER",
    "CAP_MKNOD",   "CAP_NET_RAW",      "CAP_SETGID",           "CAP_SETUID",
    "CAP_SETFCAP", "CAP_SETPCAP",      "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT",
    "CAP_KILL",    "CAP_AUDIT_WRITE"};

// One line for each call of each rule: the order of rules and names has no meaning.
std::set<std::string> lines_of(const spec::Seccomp& seccomp) {
  std::set<std::string> lines = {cat("default ", seccomp.default_action, " ", seccomp.default_errno_ret.value_or(0))};
  for (const std::string& arch : seccomp.architectures) lines.insert(cat("architecture ", arch));
  for (const spec::SyscallRule& rule : seccomp.syscalls)
    for (const std::string& name : rule.names) {
      std::string line = cat(name, " ", rule.action, " ", rule.errno_ret.value_or(0));
      for (const spec::SyscallArg& arg : rule.args)
        line += cat(" arg", arg.index, " ", arg.op, " ", arg.value, " ", arg.value_two.value_or(0));
      lines.insert(line);
    }
  return lines;
}

// Where the reference lies: beside the source tree, or where $OCI_SPECS says.
std::string reference_path() {
  const char* given = std::getenv("OCI_SPECS");
  return cat(given != nullptr ? given : cat(OCI_SOURCE_DIR, "/../shared/specs"), "/docker/seccomp-default.json");
}

// Every difference from Docker's that is meant, as a line of lines_of; none at present.
const std::set<std::string> only_ours = {};
const std::set<std::string> only_dockers = {};

std::set<std::string> minus(const std::set<std::string>& a, const std::set<std::string>& b) {
  std::set<std::string> rest;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::inserter(rest, rest.end()));
  return rest;
}

TEST(Seccomp, DefaultIsDockersRuleByRule) {
  const auto text = read_file_if_exists(reference_path());
  if (!text) GTEST_SKIP() << "no " << reference_path();
  const SeccompProfile dockers = parse_seccomp_profile(*text, "seccomp-default.json");
  std::vector<std::vector<std::string>> sets = {{}, docker_capabilities};
  for (const char* cap : {"CAP_SYS_ADMIN", "CAP_BPF", "CAP_PERFMON", "CAP_SYSLOG", "CAP_DAC_READ_SEARCH",
                          "CAP_SYS_BOOT", "CAP_SYS_CHROOT", "CAP_SYS_MODULE", "CAP_SYS_NICE", "CAP_SYS_PACCT",
                          "CAP_SYS_PTRACE", "CAP_SYS_RAWIO", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_NET_ADMIN"}) {
    sets.push_back({cap});
    sets.push_back({cap, "CAP_SYS_ADMIN"});
  }
  for (const auto& caps : sets)
    for (const char* arch :
         {"amd64", "386", "arm", "arm64", "mips64", "mips64le", "ppc64le", "riscv64", "s390x", "loong64"})
      for (const KernelVersion kernel : {KernelVersion{4, 7}, KernelVersion{4, 8}, KernelVersion{6, 18}}) {
        const auto ours = lines_of(resolve(default_seccomp_profile(), caps, arch, kernel));
        const auto theirs = lines_of(resolve(dockers, caps, arch, kernel));
        EXPECT_EQ(minus(minus(ours, theirs), only_ours), std::set<std::string>{}) << arch << " " << join(caps, " ");
        EXPECT_EQ(minus(minus(theirs, ours), only_dockers), std::set<std::string>{}) << arch << " " << join(caps, " ");
      }
}

TEST(Seccomp, CryptoSocketsAreDenied) {
  const auto lines = lines_of(resolve(default_seccomp_profile(), docker_capabilities, "amd64", {6, 1}));
  EXPECT_EQ(lines.count("socket SCMP_ACT_ALLOW 0"), 0u);
  EXPECT_EQ(lines.count("socket SCMP_ACT_ALLOW 0 arg0 SCMP_CMP_LT 38 0"), 1u); // AF_ALG is 38 (CVE-2026-31431)
  EXPECT_EQ(lines.count("clone3 SCMP_ACT_ERRNO 38"), 1u);
  for (const char* denied :
       {"mount", "keyctl", "add_key", "io_uring_setup", "bpf", "userfaultfd", "kexec_load", "unshare"})
    EXPECT_EQ(lines.count(cat(denied, " SCMP_ACT_ALLOW 0")), 0u) << denied;
}

TEST(Seccomp, RulesFollowTheContainersCapabilities) {
  Request request;
  request.cap_add = {"SYS_ADMIN"};
  const auto lines = lines_of(*generate_with(request).config.linux_->seccomp);
  EXPECT_EQ(lines.count("mount SCMP_ACT_ALLOW 0"), 1u);
  EXPECT_EQ(lines.count("clone SCMP_ACT_ALLOW 0"), 1u);
  EXPECT_EQ(lines.count("clone3 SCMP_ACT_ERRNO 38"), 0u);
  EXPECT_EQ(lines_of(*generate_with({}).config.linux_->seccomp).count("mount SCMP_ACT_ALLOW 0"), 0u);
}

TEST(Seccomp, AFileOfTheUsersIsResolved) {
  Request request;
  request.security_opt = {"seccomp=p.json"};
  request.files["p.json"] = R"({"defaultAction": "SCMP_ACT_ERRNO", "defaultErrno": "EPERM",
    "archMap": [{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]}, {"architecture": "SCMP_ARCH_ARM"}],
    "syscalls": [
      {"name": "read", "action": "SCMP_ACT_ALLOW", "args": [], "comment": "old form"},
      {"names": ["a"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "6.2"}},
      {"names": ["b"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_CHOWN", "CAP_KILL"]}, "excludes": {}},
      {"names": ["c"], "action": "SCMP_ACT_ALLOW", "excludes": {"caps": ["CAP_SYS_ADMIN", "CAP_KILL"]}},
      {"names": ["d"], "action": "SCMP_ACT_ALLOW", "includes": {"arches": ["arm64", "amd64"]}},
      {"names": ["e"], "action": "SCMP_ACT_LOG", "excludes": {"arches": ["amd64"]}},
      {"names": ["f"], "action": "SCMP_ACT_ERRNO", "errnoRet": 5, "excludes": {"minKernel": "6.1"}}]})";
  const Generated generated = generate_with(request); // kernel 6.1, Docker's capabilities
  const spec::Seccomp& seccomp = *generated.config.linux_->seccomp;
  EXPECT_THAT(seccomp.architectures, ElementsAre("SCMP_ARCH_X86_64", "SCMP_ARCH_X86"));
  std::vector<std::string> names;
  for (const spec::SyscallRule& rule : seccomp.syscalls) names.push_back(join(rule.names, " "));
  EXPECT_THAT(names, ElementsAre("read", "b", "d"));
  EXPECT_TRUE(seccomp.extra.is_null());
  EXPECT_EQ(generated.provenance.at("linux.seccomp").name, "--security-opt seccomp");
}

TEST(Seccomp, UnconfinedIsNone) {
  Request request;
  request.security_opt = {"seccomp=unconfined"};
  EXPECT_FALSE(generate_with(request).config.linux_->seccomp);
}

TEST(KernelVersions, AreComparedAsNumbers) {
  EXPECT_LT(KernelVersion::parse("4.7.12-generic"), KernelVersion::parse("4.8"));
  EXPECT_LT(KernelVersion::parse("4.9"), KernelVersion::parse("4.10.0"));
  EXPECT_EQ(KernelVersion::parse("6.18.44-fc-v657"), (KernelVersion{6, 18}));
  EXPECT_EQ(KernelVersion::parse("5"), (KernelVersion{5, 0}));
  EXPECT_GT(KernelVersion::parse(""), (KernelVersion{99, 0}));
}

} // namespace
} // namespace oci::specgen::test
