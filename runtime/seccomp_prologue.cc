#include "runtime/seccomp_prologue.h"

#include <cerrno>
#include <cstddef>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <seccomp.h>

namespace oci::runtime {

namespace {

using Program = std::vector<sock_filter>;

constexpr std::uint32_t x32_bit = 0x40000000;

struct NewerCall {
  std::string_view name;
  std::uint32_t number;
  bool x86_64_only = false;
};

// Since Linux 5.1 a new call has the same number everywhere (but on MIPS and Alpha, which count from elsewhere).
constexpr NewerCall newer_calls[] = {
    {"uretprobe", 335, true},  {"uprobe", 336, true},  {"cachestat", 451},         {"fchmodat2", 452},
    {"map_shadow_stack", 453}, {"futex_wake", 454},    {"futex_wait", 455},        {"futex_requeue", 456},
    {"statmount", 457},        {"listmount", 458},     {"lsm_get_self_attr", 459}, {"lsm_set_self_attr", 460},
    {"lsm_list_modules", 461}, {"mseal", 462},         {"setxattrat", 463},        {"getxattrat", 464},
    {"listxattrat", 465},      {"removexattrat", 466}, {"open_tree_attr", 467},    {"file_getattr", 468},
    {"file_setattr", 469},     {"listns", 470},        {"rseq_slice_yield", 471},
};

bool counts_from_elsewhere(std::uint32_t arch) {
  switch (arch) {
  case SCMP_ARCH_MIPS:
  case SCMP_ARCH_MIPS64:
  case SCMP_ARCH_MIPS64N32:
  case SCMP_ARCH_MIPSEL:
  case SCMP_ARCH_MIPSEL64:
  case SCMP_ARCH_MIPSEL64N32:
    return true;
  default:
    return false;
  }
}

// The kernel does not tell x32 from x86_64 by the architecture but by a bit of the number.
std::uint32_t audit_arch(std::uint32_t arch) { return arch == SCMP_ARCH_X32 ? SCMP_ARCH_X86_64 : arch; }

sock_filter statement(unsigned code, std::uint32_t k) { return {static_cast<std::uint16_t>(code), 0, 0, k}; }

sock_filter jump(unsigned condition, std::uint32_t k, unsigned if_true, unsigned if_false) {
  return {static_cast<std::uint16_t>(BPF_JMP | condition | BPF_K), static_cast<std::uint8_t>(if_true),
          static_cast<std::uint8_t>(if_false), k};
}

void append(Program& out, const Program& part) { out.insert(out.end(), part.begin(), part.end()); }

// The part, and over it if the condition does not hold. Longer than a conditional jump reaches, maybe.
void append_if(Program& out, unsigned condition, std::uint32_t k, const Program& part) {
  out.push_back(jump(condition, k, 1, 0));
  out.push_back(statement(BPF_JMP | BPF_JA, static_cast<std::uint32_t>(part.size())));
  append(out, part);
}

Program decide(const ArchPrologue& arch) {
  Program out;
  for (const KnownCall& call : arch.calls)
    append_if(out, BPF_JEQ, call.number, {statement(BPF_RET | BPF_K, call.action)});
  if (arch.last) append_if(out, BPF_JGT, *arch.last, {statement(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS)});
  return out;
}

// All that share one AUDIT_ARCH. The number is loaded.
Program decide_all(const std::vector<ArchPrologue>& archs, std::uint32_t audit) {
  const ArchPrologue* x32 = nullptr;
  const ArchPrologue* plain = nullptr;
  for (const ArchPrologue& arch : archs)
    if (audit_arch(arch.arch) == audit) (arch.arch == SCMP_ARCH_X32 ? x32 : plain) = &arch;
  Program body = plain ? decide(*plain) : Program();
  if (audit != SCMP_ARCH_X86_64) return body;
  // x32 numbers are above all of x86_64's: over to their own part, or to the filter.
  const Program high = x32 ? decide(*x32) : Program();
  body.push_back(statement(BPF_JMP | BPF_JA, static_cast<std::uint32_t>(high.size())));
  Program out{jump(BPF_JGE, x32_bit, 0, 1), statement(BPF_JMP | BPF_JA, static_cast<std::uint32_t>(body.size()))};
  append(out, body);
  append(out, high);
  return out;
}

} // namespace

std::optional<std::uint32_t> newer_syscall(std::string_view name, std::uint32_t arch) {
  if (counts_from_elsewhere(arch)) return std::nullopt;
  for (const NewerCall& call : newer_calls) {
    if (call.name != name) continue;
    if (call.x86_64_only && arch != SCMP_ARCH_X86_64) return std::nullopt;
    return arch == SCMP_ARCH_X32 ? call.number | x32_bit : call.number;
  }
  return std::nullopt;
}

std::vector<sock_filter> seccomp_prologue(const std::vector<ArchPrologue>& archs) {
  Program out;
  std::vector<std::uint32_t> done;
  for (const ArchPrologue& arch : archs) {
    const std::uint32_t audit = audit_arch(arch.arch);
    bool seen = false;
    for (const std::uint32_t other : done) seen = seen || other == audit;
    if (seen) continue;
    done.push_back(audit);
    const Program decisions = decide_all(archs, audit);
    if (decisions.empty()) continue;
    Program body{statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
    append(body, decisions);
    out.push_back(statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)));
    append_if(out, BPF_JEQ, audit, body);
  }
  return out;
}

} // namespace oci::runtime
