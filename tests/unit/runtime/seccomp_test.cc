#include "runtime/seccomp.h"

#include "base/error.h"
#include "base/files.h"
#include "runtime/seccomp_prologue.h"

#include <cerrno>
#include <cstddef>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sys/stat.h>
#include <sys/syscall.h>

namespace oci::runtime {
namespace {

constexpr std::uint32_t x32_bit = 0x40000000;
constexpr std::uint32_t arch_x86_64 = AUDIT_ARCH_X86_64, arch_i386 = AUDIT_ARCH_I386;

// What the kernel would do: classic BPF over a call.
std::uint32_t judge(const std::vector<sock_filter>& filter, seccomp_data data) {
  std::uint32_t a = 0, x = 0, memory[16] = {};
  const auto load = [&](std::uint32_t offset) {
    std::uint32_t word = 0;
    memcpy(&word, reinterpret_cast<const char*>(&data) + offset, sizeof word);
    return word;
  };
  for (std::size_t at = 0; at < filter.size(); ++at) {
    const sock_filter& i = filter[at];
    switch (i.code) {
    case BPF_LD | BPF_W | BPF_ABS:
      a = load(i.k);
      break;
    case BPF_LD | BPF_MEM:
      a = memory[i.k & 15];
      break;
    case BPF_ST:
      memory[i.k & 15] = a;
      break;
    case BPF_MISC | BPF_TAX:
      x = a;
      break;
    case BPF_MISC | BPF_TXA:
      a = x;
      break;
    case BPF_ALU | BPF_AND | BPF_K:
      a &= i.k;
      break;
    case BPF_JMP | BPF_JA:
      at += i.k;
      break;
    case BPF_JMP | BPF_JEQ | BPF_K:
      at += a == i.k ? i.jt : i.jf;
      break;
    case BPF_JMP | BPF_JGE | BPF_K:
      at += a >= i.k ? i.jt : i.jf;
      break;
    case BPF_JMP | BPF_JGT | BPF_K:
      at += a > i.k ? i.jt : i.jf;
      break;
    case BPF_JMP | BPF_JSET | BPF_K:
      at += a & i.k ? i.jt : i.jf;
      break;
    case BPF_RET | BPF_K:
      return i.k;
    default:
      ADD_FAILURE() << "unexpected instruction " << i.code;
      return 0;
    }
  }
  ADD_FAILURE() << "fell off the end";
  return 0;
}

std::uint32_t judge(const SeccompProgram& program, std::uint32_t number, std::uint32_t arch = AUDIT_ARCH_X86_64,
                    std::uint64_t first = 0, std::uint64_t second = 0) {
  seccomp_data data{};
  data.nr = static_cast<int>(number);
  data.arch = arch;
  data.args[0] = first;
  data.args[1] = second;
  return judge(program.filter, data);
}

SeccompProgram compile(const char* profile) { return compile_seccomp(spec::parse_seccomp(profile, "seccomp")); }

std::string refusal(const char* profile) {
  try {
    compile(profile);
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

constexpr std::uint32_t errno_of(std::uint32_t number) { return SECCOMP_RET_ERRNO | number; }

#ifdef __x86_64__

constexpr char allow_list[] = R"({
  "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 13,
  "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
  "syscalls": [
    {"names": ["read", "clone3", "mseal", "no_such_call"], "action": "SCMP_ACT_ALLOW"},
    {"names": ["mount"], "action": "SCMP_ACT_KILL_PROCESS"},
    {"names": ["open_tree_attr"], "action": "SCMP_ACT_ERRNO", "errnoRet": 7}
  ]})";

TEST(Seccomp, JudgesByName) {
  const SeccompProgram program = compile(allow_list);
  EXPECT_EQ(judge(program, SYS_read), SECCOMP_RET_ALLOW);
  EXPECT_EQ(judge(program, 3, AUDIT_ARCH_I386), SECCOMP_RET_ALLOW);
  EXPECT_EQ(judge(program, 0, AUDIT_ARCH_I386), errno_of(13));
  EXPECT_EQ(judge(program, SYS_write), errno_of(13));
  EXPECT_EQ(judge(program, SYS_mount), SECCOMP_RET_KILL_PROCESS);
  EXPECT_EQ(judge(program, SYS_read | x32_bit), SECCOMP_RET_ALLOW);
}

TEST(Seccomp, KnowsCallsThatLibseccompDoesNot) {
  const SeccompProgram program = compile(allow_list);
  for (const std::uint32_t arch : {arch_x86_64, arch_i386}) {
    EXPECT_EQ(judge(program, 462, arch), SECCOMP_RET_ALLOW);
    EXPECT_EQ(judge(program, 467, arch), errno_of(7));
  }
  EXPECT_EQ(judge(program, 462 | x32_bit), SECCOMP_RET_ALLOW);
}

TEST(Seccomp, CallsNewerThanTheProfileAreNotThere) {
  const SeccompProgram program = compile(allow_list);
  for (const std::uint32_t arch : {arch_x86_64, arch_i386}) {
    EXPECT_EQ(judge(program, 468, arch), errno_of(ENOSYS));
    EXPECT_EQ(judge(program, 461, arch), errno_of(13)) << "older than the newest, and not named";
  }
  EXPECT_EQ(judge(program, 468 | x32_bit), errno_of(ENOSYS));
}

TEST(Seccomp, ForeignArchitecturesStayKilled) {
  const SeccompProgram program = compile(allow_list);
  EXPECT_EQ(judge(program, 999, AUDIT_ARCH_AARCH64), SECCOMP_RET_KILL_THREAD);
  const SeccompProgram native =
      compile(R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW"}]})");
  EXPECT_EQ(judge(native, SYS_read | x32_bit), SECCOMP_RET_KILL_THREAD);
  EXPECT_EQ(judge(native, SYS_read), SECCOMP_RET_ALLOW);
  EXPECT_EQ(judge(native, SYS_write), errno_of(ENOSYS)) << "number 1 is newer than read";
}

TEST(Seccomp, WithoutAnErrnoDefaultNewCallsAreJudgedAsTheRest) {
  const SeccompProgram kill =
      compile(R"({"defaultAction": "SCMP_ACT_KILL", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW"}]})");
  EXPECT_EQ(judge(kill, 468), SECCOMP_RET_KILL_THREAD);
  const SeccompProgram allow = compile(
      R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["sethostname"], "action": "SCMP_ACT_KILL"}]})");
  EXPECT_EQ(judge(allow, 468), SECCOMP_RET_ALLOW);
  EXPECT_EQ(judge(allow, SYS_sethostname), SECCOMP_RET_KILL_THREAD);
}

TEST(Seccomp, Arguments) {
  const SeccompProgram program = compile(R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
    {"names": ["personality"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1, "args": [{"index": 0, "value": 4294967297, "op": "SCMP_CMP_EQ"}]},
    {"names": ["socket"], "action": "SCMP_ACT_ERRNO", "errnoRet": 2, "args": [{"index": 0, "value": 240, "valueTwo": 32, "op": "SCMP_CMP_MASKED_EQ"}]},
    {"names": ["dup2"], "action": "SCMP_ACT_ERRNO", "errnoRet": 3, "args": [
      {"index": 0, "value": 5, "op": "SCMP_CMP_EQ"}, {"index": 1, "value": 6, "op": "SCMP_CMP_GT"}]},
    {"names": ["dup"], "action": "SCMP_ACT_ERRNO", "errnoRet": 4, "args": [
      {"index": 0, "value": 5, "op": "SCMP_CMP_EQ"}, {"index": 0, "value": 6, "op": "SCMP_CMP_EQ"}]}]})");
  EXPECT_EQ(judge(program, SYS_personality, AUDIT_ARCH_X86_64, 4294967297), errno_of(1));
  EXPECT_EQ(judge(program, SYS_personality, AUDIT_ARCH_X86_64, 1), SECCOMP_RET_ALLOW);
  EXPECT_EQ(judge(program, SYS_socket, AUDIT_ARCH_X86_64, 0x2f), errno_of(2));
  EXPECT_EQ(judge(program, SYS_socket, AUDIT_ARCH_X86_64, 0x30), SECCOMP_RET_ALLOW);
  EXPECT_EQ(judge(program, SYS_dup2, AUDIT_ARCH_X86_64, 5, 7), errno_of(3));
  EXPECT_EQ(judge(program, SYS_dup2, AUDIT_ARCH_X86_64, 5, 6), SECCOMP_RET_ALLOW);
  for (const std::uint64_t fd : {5, 6}) EXPECT_EQ(judge(program, SYS_dup, AUDIT_ARCH_X86_64, fd), errno_of(4));
  EXPECT_EQ(judge(program, SYS_dup, AUDIT_ARCH_X86_64, 7), SECCOMP_RET_ALLOW);
}

TEST(SeccompPrologue, LongListsAreJumpedOver) {
  ArchPrologue many{AUDIT_ARCH_X86_64, {}, 2000};
  for (std::uint32_t number = 0; number < 400; ++number) many.calls.push_back({number * 2, SECCOMP_RET_LOG});
  std::vector<sock_filter> filter = seccomp_prologue({many, {AUDIT_ARCH_I386, {{7, SECCOMP_RET_TRAP}}, {}}});
  filter.push_back({BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW});
  SeccompProgram program{.filter = filter};
  EXPECT_EQ(judge(program, 798), SECCOMP_RET_LOG);
  EXPECT_EQ(judge(program, 799), SECCOMP_RET_ALLOW);
  EXPECT_EQ(judge(program, 2001), errno_of(ENOSYS));
  EXPECT_EQ(judge(program, 7, AUDIT_ARCH_I386), SECCOMP_RET_TRAP);
  EXPECT_EQ(judge(program, 8, AUDIT_ARCH_I386), SECCOMP_RET_ALLOW);
  EXPECT_EQ(judge(program, 8, AUDIT_ARCH_AARCH64), SECCOMP_RET_ALLOW);
}

#endif

TEST(Seccomp, Flags) {
  EXPECT_EQ(compile(R"({"defaultAction": "SCMP_ACT_ALLOW"})").flags, SECCOMP_FILTER_FLAG_SPEC_ALLOW);
  EXPECT_EQ(
      compile(
          R"({"defaultAction": "SCMP_ACT_ALLOW", "flags": ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_TSYNC"]})")
          .flags,
      SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_TSYNC);
}

TEST(Seccomp, RefusalsNameTheField) {
  EXPECT_EQ(refusal(R"({"defaultAction": "SCMP_ACT_NOPE"})"),
            "linux.seccomp.defaultAction: \"SCMP_ACT_NOPE\" is unknown");
  EXPECT_EQ(refusal(R"({"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_PDP11"]})"),
            "linux.seccomp.architectures[0]: \"SCMP_ARCH_PDP11\" is unknown");
  EXPECT_EQ(refusal(R"({"defaultAction": "SCMP_ACT_ALLOW", "flags": ["X"]})"), "linux.seccomp.flags: \"X\" is unknown");
  EXPECT_EQ(
      refusal(R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_NOTIFY"}]})"),
      "linux.seccomp.listenerPath: missing, but an action is SCMP_ACT_NOTIFY");
  EXPECT_EQ(refusal(R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ERRNO",
                        "args": [{"index": 6, "value": 0, "op": "SCMP_CMP_EQ"}]}]})"),
            "linux.seccomp.syscalls[0].args[0].index: out of range");
  EXPECT_EQ(refusal(R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ERRNO",
                        "args": [{"index": 0, "value": 0, "op": "EQ"}]}]})"),
            "linux.seccomp.syscalls[0].args[0].op: \"EQ\" is unknown");
}

TEST(Seccomp, ArchitecturesOfOtherMachinesAreLeftOut) {
  EXPECT_EQ(
      refusal(R"({"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_S390X", "SCMP_ARCH_LOONGARCH64"]})"),
      "");
}

// --- the cache ------------------------------------------------------------------------------------------------------

class SeccompCache : public ::testing::Test {
protected:
  SeccompCache() : scratch_(AT_FDCWD, cat(::testing::TempDir(), "oci-seccomp-")) {}
  std::string root() const { return scratch_.name(); }
  std::string shell(const std::string& command) const {
    std::string out;
    FILE* pipe = popen(cat("cd ", root(), "/.seccomp && ", command).c_str(), "r");
    char buffer[256];
    while (fgets(buffer, sizeof buffer, pipe)) out += buffer;
    pclose(pipe);
    return std::string(trim(out));
  }
  SeccompProgram get(std::uint32_t number = 1) const {
    spec::Seccomp seccomp;
    seccomp.default_action = "SCMP_ACT_ERRNO";
    seccomp.default_errno_ret = number;
    return cached_seccomp(seccomp, root());
  }
  static bool same(const SeccompProgram& a, const SeccompProgram& b) {
    return a.flags == b.flags && a.filter.size() == b.filter.size() &&
           memcmp(a.filter.data(), b.filter.data(), a.filter.size() * sizeof(sock_filter)) == 0;
  }
  TempDir scratch_;
};

TEST_F(SeccompCache, GivesWhatWasCompiled) {
  const SeccompProgram first = get();
  EXPECT_EQ(shell("ls | wc -l"), "1");
  EXPECT_EQ(shell("stat -c %a . *"), "700\n600");
  const std::string stamp = shell("stat -c %y *");
  EXPECT_TRUE(same(get(), first));
  EXPECT_EQ(shell("stat -c %y *"), stamp) << "it was compiled again";
  EXPECT_FALSE(same(get(2), first));
  EXPECT_EQ(shell("ls | wc -l"), "2");
}

TEST_F(SeccompCache, AFileThatIsWrongIsMadeAnew) {
  const SeccompProgram right = get();
  for (const char* damage :
       {"truncate -s 9 *", "truncate -s 0 *", "printf x | dd of=$(ls) conv=notrunc bs=1 seek=20 status=none",
        "printf xxx >> $(ls)", "f=$(ls); rm $f; mkfifo $f", "f=$(ls); rm $f; ln -s /etc/passwd $f",
        "f=$(ls); rm $f; mkdir $f", "chmod 666 *"}) {
    shell(damage);
    EXPECT_TRUE(same(get(), right)) << damage;
    shell("rm -rf ./*");
    get();
  }
}

TEST_F(SeccompCache, AFileThatOthersCouldWriteIsNotBelieved) {
  const SeccompProgram right = get();
  shell("chmod 666 *; f=$(ls); size=$(stat -c %s $f); printf '\\377' | dd of=$f conv=notrunc bs=1 seek=$((size - 1)) "
        "status=none");
  EXPECT_TRUE(same(get(), right));
}

TEST_F(SeccompCache, AFolderThatOthersCouldWriteIsNotUsed) {
  get();
  shell("rm -f *; chmod 777 .");
  get();
  EXPECT_EQ(shell("ls | wc -l"), "0");
}

TEST_F(SeccompCache, HoldsAtMost64Files) {
  for (std::uint32_t number = 1; number < 80; ++number) get(number);
  EXPECT_EQ(shell("ls | wc -l"), "64");
}

TEST_F(SeccompCache, ARootThatCannotBeIsNoError) {
  spec::Seccomp seccomp;
  seccomp.default_action = "SCMP_ACT_ALLOW";
  EXPECT_FALSE(cached_seccomp(seccomp, "/proc/missing").filter.empty());
}

} // namespace
} // namespace oci::runtime
