#include "unpack/sandbox.h"

#include "base/sys.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <memory>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace oci::unpack {

namespace {

// --- capabilities ---

constexpr std::array<unsigned, 6> kept_capabilities = {CAP_CHOWN,  CAP_DAC_OVERRIDE, CAP_FOWNER,
                                                       CAP_FSETID, CAP_MKNOD,        CAP_SETFCAP};

void drop_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2] = {};
  check(sys::result_void(::syscall(SYS_capget, &header, data)), "get capabilities");
  __user_cap_data_struct kept[2] = {};
  for (unsigned capability : kept_capabilities) kept[capability / 32].permitted |= 1u << (capability % 32);
  for (int i = 0; i < 2; ++i) data[i].effective = data[i].permitted = data[i].permitted & kept[i].permitted;
  data[0].inheritable = data[1].inheritable = 0;
  check(sys::result_void(::syscall(SYS_capset, &header, data)), "drop capabilities");
}

// --- landlock (Documentation/userspace-api/landlock.rst) ---

// Newer than this machine's header may be.
struct LandlockRuleset {
  std::uint64_t fs, net, scoped;
};
constexpr std::uint64_t fs_truncate = 1ULL << 14, fs_ioctl_dev = 1ULL << 15;
constexpr std::uint64_t net_tcp = 3, scope_all = 3;
constexpr int abi_refer = 2, abi_truncate = 3, abi_net = 4, abi_ioctl = 5, abi_scope = 6;

LandlockRuleset landlock_rules(int abi) {
  LandlockRuleset rules{};
  rules.fs = (LANDLOCK_ACCESS_FS_REFER << 1) - 1; // all up to it
  if (abi >= abi_truncate) rules.fs |= fs_truncate;
  if (abi >= abi_ioctl) rules.fs |= fs_ioctl_dev;
  if (abi >= abi_net) rules.net = net_tcp;
  if (abi >= abi_scope) rules.scoped = scope_all;
  return rules;
}

std::size_t ruleset_size(int abi) {
  if (abi >= abi_scope) return sizeof(LandlockRuleset);
  return abi >= abi_net ? offsetof(LandlockRuleset, scoped) : offsetof(LandlockRuleset, net);
}

void restrict_files(int rootfs) {
  long abi = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (abi < abi_refer) return; // none; the first version forbids hard links
  LandlockRuleset rules = landlock_rules(static_cast<int>(abi));
  long made = ::syscall(SYS_landlock_create_ruleset, &rules, ruleset_size(static_cast<int>(abi)), 0);
  Fd ruleset(static_cast<int>(check(sys::result(made), "make a landlock ruleset")));
  landlock_path_beneath_attr beneath{};
  beneath.allowed_access = rules.fs & ~(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_SOCK | fs_ioctl_dev);
  beneath.parent_fd = rootfs;
  check(sys::result_void(::syscall(SYS_landlock_add_rule, ruleset.get(), LANDLOCK_RULE_PATH_BENEATH, &beneath, 0)),
        "add a landlock rule");
  check(sys::result_void(::syscall(SYS_landlock_restrict_self, ruleset.get(), 0)), "restrict by landlock");
}

// --- seccomp ---

constexpr int allowed_calls[] = {
    SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(pwrite64), SCMP_SYS(close), SCMP_SYS(lseek), SCMP_SYS(ftruncate),
    SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(getdents64), SCMP_SYS(readlinkat), SCMP_SYS(fcntl),
    SCMP_SYS(openat), SCMP_SYS(openat2), SCMP_SYS(mkdirat), SCMP_SYS(mknodat), SCMP_SYS(symlinkat), SCMP_SYS(linkat),
    SCMP_SYS(unlinkat), SCMP_SYS(fchown), SCMP_SYS(fchownat), SCMP_SYS(fchmod), SCMP_SYS(fchmodat), SCMP_SYS(utimensat),
    SCMP_SYS(fsetxattr), SCMP_SYS(flistxattr), SCMP_SYS(fremovexattr),
    // the parent
    SCMP_SYS(sendmsg), SCMP_SYS(recvmsg), SCMP_SYS(sendto), SCMP_SYS(recvfrom),
    // memory, threads and the C library
    SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),
    SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep),
    SCMP_SYS(restart_syscall), SCMP_SYS(getrandom), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(tgkill),
    SCMP_SYS(exit), SCMP_SYS(exit_group),
#ifdef OCI_SANITIZED
    SCMP_SYS(pipe), SCMP_SYS(pipe2), // how the sanitizers look whether memory can be read
#endif
};

constexpr int prot_exec = 4;

// Anything else fails with EPERM, so that a C library that tries something new first can fall back.
void restrict_calls() {
  std::unique_ptr<void, void (*)(scmp_filter_ctx)> filter(::seccomp_init(SCMP_ACT_ERRNO(EPERM)), ::seccomp_release);
  if (!filter) throw std::bad_alloc();
  auto add = [&](int call, std::uint32_t action, const scmp_arg_cmp* condition) {
    int failed = ::seccomp_rule_add_array(filter.get(), action, call, condition ? 1 : 0, condition);
    if (failed != 0) fail_errno(Errno{-failed}, "add a seccomp rule");
  };
  for (int call : allowed_calls) add(call, SCMP_ACT_ALLOW, nullptr);
  scmp_arg_cmp not_executable{2, SCMP_CMP_MASKED_EQ, prot_exec, 0};
  add(SCMP_SYS(mmap), SCMP_ACT_ALLOW, &not_executable);
  add(SCMP_SYS(mprotect), SCMP_ACT_ALLOW, &not_executable);
  scmp_arg_cmp thread{0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD};
  add(SCMP_SYS(clone), SCMP_ACT_ALLOW, &thread);
  add(SCMP_SYS(clone3), SCMP_ACT_ERRNO(ENOSYS), nullptr); // its arguments are out of reach: clone takes its place
  if (int failed = ::seccomp_load(filter.get()); failed != 0) fail_errno(Errno{-failed}, "load the seccomp filter");
}

// --- the rest ---

void close_others(int rootfs, int socket) {
  unsigned low = static_cast<unsigned>(std::min(rootfs, socket)),
           high = static_cast<unsigned>(std::max(rootfs, socket));
  auto close_between = [](unsigned first, unsigned last) {
    if (first <= last) check(sys::close_range(first, last, 0), "close descriptors");
  };
  close_between(3, low - 1);
  close_between(low + 1, high - 1);
  close_between(high + 1, ~0u);
}

void set_limits() {
  rlimit no_core{0, 0};
  check(sys::result_void(::setrlimit(RLIMIT_CORE, &no_core)), "limit core files");
  rlimit files{};
  check(sys::result_void(::getrlimit(RLIMIT_NOFILE, &files)), "get the limit of descriptors");
  files.rlim_cur = files.rlim_max;
  check(sys::result_void(::setrlimit(RLIMIT_NOFILE, &files)), "raise the limit of descriptors");
}

void change_root(int rootfs) {
  check(sys::result_void(::fchdir(rootfs)), "enter the rootfs");
  if (::chroot(".") != 0 && errno != EPERM) fail_errno(Errno{errno}, "chroot"); // a user's own process may not
}

} // namespace

void enter_sandbox(int rootfs, int socket) {
  check(sys::result_void(::prctl(PR_SET_PDEATHSIG, SIGKILL)), "ask for a signal at the parent's end");
  close_others(rootfs, socket);
  set_limits();
  change_root(rootfs);
  check(sys::result_void(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)), "set no_new_privs");
  restrict_files(rootfs);
  drop_capabilities();
  restrict_calls();
}

} // namespace oci::unpack
