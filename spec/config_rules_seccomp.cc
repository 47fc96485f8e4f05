#include "spec/config_rules.h"

namespace oci::spec {
namespace {

constexpr std::string_view actions[] = {"SCMP_ACT_KILL",  "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD",
                                        "SCMP_ACT_TRAP",  "SCMP_ACT_ERRNO",        "SCMP_ACT_TRACE",
                                        "SCMP_ACT_ALLOW", "SCMP_ACT_LOG",          "SCMP_ACT_NOTIFY"};
constexpr std::string_view operators[] = {"SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE",       "SCMP_CMP_EQ",
                                          "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_MASKED_EQ"};
constexpr std::string_view filter_flags[] = {"SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG",
                                             "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
                                             "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"};
constexpr std::string_view architectures[] = {
    "SCMP_ARCH_X86",         "SCMP_ARCH_X86_64", "SCMP_ARCH_X32",       "SCMP_ARCH_ARM",     "SCMP_ARCH_AARCH64",
    "SCMP_ARCH_MIPS",        "SCMP_ARCH_MIPS64", "SCMP_ARCH_MIPS64N32", "SCMP_ARCH_MIPSEL",  "SCMP_ARCH_MIPSEL64",
    "SCMP_ARCH_MIPSEL64N32", "SCMP_ARCH_PPC",    "SCMP_ARCH_PPC64",     "SCMP_ARCH_PPC64LE", "SCMP_ARCH_S390",
    "SCMP_ARCH_S390X",       "SCMP_ARCH_PARISC", "SCMP_ARCH_PARISC64",  "SCMP_ARCH_RISCV64", "SCMP_ARCH_LOONGARCH64",
    "SCMP_ARCH_M68K",        "SCMP_ARCH_SH",     "SCMP_ARCH_SHEB"};

void check_errno(const std::string& path, const std::string& action, const std::optional<std::uint32_t>& value,
                 Findings& findings) {
  if (value && !action.empty() && action != "SCMP_ACT_ERRNO" && action != "SCMP_ACT_TRACE")
    findings.error(path, action, " gives no error number");
}

void check_rule(const SyscallRule& rule, const std::string& path, Findings& findings) {
  if (rule.names.empty()) findings.error(cat(path, ".names"), "must have one entry at least");
  findings.one_of(cat(path, ".action"), rule.action, actions);
  check_errno(cat(path, ".errnoRet"), rule.action, rule.errno_ret, findings);
  for (std::size_t i = 0; i < rule.args.size(); ++i) {
    findings.one_of(cat(path, ".args[", i, "].op"), rule.args[i].op, operators);
    if (rule.args[i].index > 5) findings.error(cat(path, ".args[", i, "].index"), "a system call has arguments 0 to 5");
  }
}

} // namespace

void check_seccomp_rules(const Seccomp& seccomp, Findings& findings) {
  findings.one_of("linux.seccomp.defaultAction", seccomp.default_action, actions);
  check_errno("linux.seccomp.defaultErrnoRet", seccomp.default_action, seccomp.default_errno_ret, findings);
  for (std::size_t i = 0; i < seccomp.architectures.size(); ++i)
    findings.one_of(cat("linux.seccomp.architectures[", i, "]"), seccomp.architectures[i], architectures);
  for (std::size_t i = 0; i < seccomp.flags.size(); ++i)
    findings.one_of(cat("linux.seccomp.flags[", i, "]"), seccomp.flags[i], filter_flags);
  bool notifies = seccomp.default_action == "SCMP_ACT_NOTIFY";
  for (std::size_t i = 0; i < seccomp.syscalls.size(); ++i) {
    check_rule(seccomp.syscalls[i], cat("linux.seccomp.syscalls[", i, "]"), findings);
    notifies = notifies || seccomp.syscalls[i].action == "SCMP_ACT_NOTIFY";
  }
  if (notifies && seccomp.listener_path.empty())
    findings.error("linux.seccomp.listenerPath", "missing: SCMP_ACT_NOTIFY needs somebody to ask");
  if (!seccomp.listener_metadata.empty() && seccomp.listener_path.empty())
    findings.error("linux.seccomp.listenerMetadata", "must not be set without listenerPath");
}

} // namespace oci::spec
