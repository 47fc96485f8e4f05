// The default profile: what a container may call. Everything else fails with EPERM.
// The calls are those of Docker's profile of June 2026 (moby/profiles); a test compares the two rule by rule. AF_ALG
// (38, CVE-2026-31431) and AF_VSOCK (40) sockets are denied by the gaps in the socket rules.
#include "specgen/seccomp_profile.h"

#include "base/text.h"

namespace oci::specgen {

namespace {

// Harmless wherever they are known.
constexpr const char* always[] = {
    // opening, reading, writing
    "open openat openat2 creat close close_range read readv pread64 preadv preadv2 write writev pwrite64 pwritev "
    "pwritev2 "
    "lseek _llseek sendfile sendfile64 splice tee vmsplice copy_file_range readahead sync_file_range fadvise64 "
    "fadvise64_64 "
    "fallocate truncate truncate64 ftruncate ftruncate64 fsync fdatasync sync syncfs cachestat dup dup2 dup3 fcntl "
    "fcntl64 "
    "flock ioctl pipe pipe2 umask",
    // names and folders
    "access faccessat faccessat2 chdir fchdir getcwd getdents getdents64 link linkat symlink symlinkat readlink "
    "readlinkat "
    "mkdir mkdirat mknod mknodat rmdir unlink unlinkat rename renameat renameat2 name_to_handle_at",
    // what stands beside the content
    "chmod fchmod fchmodat fchmodat2 chown chown32 fchown fchown32 fchownat lchown lchown32 stat stat64 fstat fstat64 "
    "fstatat64 newfstatat lstat lstat64 statx statfs statfs64 fstatfs fstatfs64 statmount listmount utime utimes "
    "futimesat "
    "utimensat utimensat_time64 getxattr getxattrat lgetxattr fgetxattr setxattr setxattrat lsetxattr fsetxattr "
    "listxattr "
    "listxattrat llistxattr flistxattr removexattr removexattrat lremovexattr fremovexattr",
    // waiting for files
    "select _newselect pselect6 pselect6_time64 poll ppoll ppoll_time64 epoll_create epoll_create1 epoll_ctl "
    "epoll_ctl_old "
    "epoll_wait epoll_wait_old epoll_pwait epoll_pwait2 eventfd eventfd2 inotify_init inotify_init1 inotify_add_watch "
    "inotify_rm_watch fanotify_mark signalfd signalfd4 timerfd_create timerfd_gettime timerfd_gettime64 "
    "timerfd_settime "
    "timerfd_settime64",
    // asynchronous input and output (not io_uring)
    "io_setup io_destroy io_submit io_cancel io_getevents io_pgetevents io_pgetevents_time64 ioprio_get ioprio_set",
    // sockets; socket itself has rules of its own
    "socketcall socketpair accept accept4 bind connect listen shutdown getpeername getsockname getsockopt setsockopt "
    "recv "
    "recvfrom recvmsg recvmmsg recvmmsg_time64 send sendto sendmsg sendmmsg",
    // memory
    "brk mmap mmap2 munmap mremap remap_file_pages mprotect pkey_alloc pkey_free pkey_mprotect madvise mincore mlock "
    "mlock2 "
    "mlockall munlock munlockall msync membarrier memfd_create memfd_secret mseal map_shadow_stack",
    // System V and POSIX message queues, shared memory, semaphores
    "ipc msgctl msgget msgrcv msgsnd semctl semget semop semtimedop semtimedop_time64 shmat shmctl shmdt shmget "
    "mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 mq_unlink",
    // processes and threads
    "execve execveat exit exit_group fork vfork wait4 waitid waitpid getpid getppid gettid getpgid getpgrp setpgid "
    "getsid "
    "setsid pidfd_open pidfd_send_signal process_mrelease prctl seccomp landlock_create_ruleset landlock_add_rule "
    "landlock_restrict_self set_tid_address get_thread_area set_thread_area get_robust_list set_robust_list rseq "
    "uretprobe "
    "riscv_hwprobe futex futex_time64 futex_wait futex_wake futex_waitv futex_requeue",
    // who one is
    "getuid getuid32 geteuid geteuid32 getgid getgid32 getegid getegid32 getresuid getresuid32 getresgid getresgid32 "
    "getgroups getgroups32 setuid setuid32 setgid setgid32 setreuid setreuid32 setregid setregid32 setresuid "
    "setresuid32 "
    "setresgid setresgid32 setfsuid setfsuid32 setfsgid setfsgid32 setgroups setgroups32 capget capset",
    // limits and scheduling
    "getrlimit ugetrlimit setrlimit prlimit64 getrusage getpriority setpriority getcpu sched_yield sched_getaffinity "
    "sched_setaffinity sched_getattr sched_setattr sched_getparam sched_setparam sched_getscheduler sched_setscheduler "
    "sched_get_priority_max sched_get_priority_min sched_rr_get_interval sched_rr_get_interval_time64",
    // signals
    "kill tkill tgkill pause sigaltstack sigprocmask sigreturn restart_syscall rt_sigaction rt_sigpending "
    "rt_sigprocmask "
    "rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 rt_tgsigqueueinfo",
    // time; setting the clock fails without CAP_SYS_TIME
    "time times gettimeofday alarm nanosleep getitimer setitimer adjtimex clock_adjtime clock_adjtime64 clock_getres "
    "clock_getres_time64 clock_gettime clock_gettime64 clock_nanosleep clock_nanosleep_time64 timer_create "
    "timer_delete "
    "timer_getoverrun timer_gettime timer_gettime64 timer_settime timer_settime64",
    // the system
    "uname sysinfo getrandom",
};

// Calls of one processor family.
struct ForArches {
  const char* arches;
  const char* calls;
};
constexpr ForArches for_arches[] = {
    {"amd64 x32", "arch_prctl"},
    {"amd64 x32 x86", "modify_ldt"},
    {"arm arm64", "arm_fadvise64_64 arm_sync_file_range sync_file_range2 breakpoint cacheflush set_tls"},
    {"ppc64le", "sync_file_range2 swapcontext"},
    {"riscv64", "riscv_flush_icache"},
    {"s390 s390x", "s390_pci_mmio_read s390_pci_mmio_write s390_runtime_instr"},
};

// Calls that come with a capability.
struct WithCapability {
  const char* capability;
  const char* calls;
};
constexpr WithCapability with_capability[] = {
    {"CAP_BPF", "bpf"},
    {"CAP_DAC_READ_SEARCH", "open_by_handle_at"},
    {"CAP_PERFMON", "perf_event_open"},
    {"CAP_SYSLOG", "syslog"},
    {"CAP_SYS_ADMIN",
     "mount umount umount2 open_tree move_mount mount_setattr fsopen fsconfig fsmount fspick clone clone3 unshare "
     "setns "
     "sethostname setdomainname quotactl quotactl_fd fanotify_init lookup_dcookie bpf perf_event_open syslog "
     "lsm_get_self_attr lsm_set_self_attr lsm_list_modules"},
    {"CAP_SYS_BOOT", "reboot"},
    {"CAP_SYS_CHROOT", "chroot"},
    {"CAP_SYS_MODULE", "init_module finit_module delete_module"},
    {"CAP_SYS_NICE", "get_mempolicy set_mempolicy set_mempolicy_home_node mbind"},
    {"CAP_SYS_PACCT", "acct"},
    {"CAP_SYS_PTRACE", "ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_getfd"},
    {"CAP_SYS_RAWIO", "iopl ioperm"},
    {"CAP_SYS_TIME", "settimeofday stime clock_settime clock_settime64"},
    {"CAP_SYS_TTY_CONFIG", "vhangup"},
};

// Calls allowed for some values of an argument.
struct ForValue {
  const char* call;
  std::uint32_t argument;
  const char* comparison;
  std::uint64_t value;
};
constexpr ForValue for_value[] = {
    {"socket", 0, "SCMP_CMP_LT", 38},                                                          // below AF_ALG
    {"socket", 0, "SCMP_CMP_EQ", 39},           {"socket", 0, "SCMP_CMP_GT", 40},              // above AF_VSOCK
    {"personality", 0, "SCMP_CMP_EQ", 0},                                                      // PER_LINUX
    {"personality", 0, "SCMP_CMP_EQ", 0x8},                                                    // PER_LINUX32
    {"personality", 0, "SCMP_CMP_EQ", 0x20000},                                                // UNAME26
    {"personality", 0, "SCMP_CMP_EQ", 0x20008}, {"personality", 0, "SCMP_CMP_EQ", 0xffffffff}, // only asks
};

// clone's flags for new namespaces: mount, cgroup, uts, ipc, user, pid, network.
constexpr std::uint64_t namespace_flags = 0x7e020000;

std::vector<std::string> words(const char* text) { return split(text, ' '); }

ProfileRule allow(const char* calls) {
  ProfileRule rule;
  rule.rule.names = words(calls);
  rule.rule.action = "SCMP_ACT_ALLOW";
  return rule;
}

ProfileRule allow_for(const char* call, std::uint32_t argument, const char* comparison, std::uint64_t value) {
  ProfileRule rule = allow(call);
  spec::SyscallArg arg;
  arg.index = argument;
  arg.value = value;
  arg.op = comparison;
  rule.rule.args.push_back(std::move(arg));
  return rule;
}

// clone without new namespaces; clone3 cannot be looked into (its flags are in memory), so the C library is told there
// is none.
void add_clone_rules(std::vector<ProfileRule>& rules) {
  ProfileRule clone = allow_for("clone", 0, "SCMP_CMP_MASKED_EQ", namespace_flags);
  clone.excludes.caps = {"CAP_SYS_ADMIN"};
  clone.excludes.arches = {"s390", "s390x"};
  rules.push_back(std::move(clone));

  ProfileRule clone_s390 =
      allow_for("clone", 1, "SCMP_CMP_MASKED_EQ", namespace_flags); // its arguments stand the other way
  clone_s390.includes.arches = {"s390", "s390x"};
  clone_s390.excludes.caps = {"CAP_SYS_ADMIN"};
  rules.push_back(std::move(clone_s390));

  ProfileRule clone3 = allow("clone3");
  clone3.rule.action = "SCMP_ACT_ERRNO";
  clone3.rule.errno_ret = 38; // ENOSYS
  clone3.excludes.caps = {"CAP_SYS_ADMIN"};
  rules.push_back(std::move(clone3));
}

// Before 4.8 ptrace could be used to get round seccomp.
void add_tracing_rule(std::vector<ProfileRule>& rules) {
  ProfileRule tracing = allow("ptrace process_vm_readv process_vm_writev");
  tracing.includes.min_kernel = KernelVersion{4, 8};
  rules.push_back(std::move(tracing));
}

std::vector<ProfileArch> arch_map() {
  return {{"SCMP_ARCH_X86_64", {"SCMP_ARCH_X86", "SCMP_ARCH_X32"}},
          {"SCMP_ARCH_AARCH64", {"SCMP_ARCH_ARM"}},
          {"SCMP_ARCH_MIPS64", {"SCMP_ARCH_MIPS", "SCMP_ARCH_MIPS64N32"}},
          {"SCMP_ARCH_MIPS64N32", {"SCMP_ARCH_MIPS", "SCMP_ARCH_MIPS64"}},
          {"SCMP_ARCH_MIPSEL64", {"SCMP_ARCH_MIPSEL", "SCMP_ARCH_MIPSEL64N32"}},
          {"SCMP_ARCH_MIPSEL64N32", {"SCMP_ARCH_MIPSEL", "SCMP_ARCH_MIPSEL64"}},
          {"SCMP_ARCH_S390X", {"SCMP_ARCH_S390"}},
          {"SCMP_ARCH_RISCV64", {}},
          {"SCMP_ARCH_LOONGARCH64", {}}};
}

SeccompProfile make_default() {
  SeccompProfile profile;
  profile.base.default_action = "SCMP_ACT_ERRNO";
  profile.base.default_errno_ret = 1; // EPERM
  profile.arch_map = arch_map();
  profile.rules.push_back(allow(always[0]));
  std::vector<std::string>& names = profile.rules[0].rule.names;
  for (std::size_t i = 1; i < std::size(always); ++i)
    for (std::string& name : words(always[i])) names.push_back(std::move(name));
  add_tracing_rule(profile.rules);
  for (const ForValue& rule : for_value)
    profile.rules.push_back(allow_for(rule.call, rule.argument, rule.comparison, rule.value));
  for (const ForArches& rule : for_arches) {
    profile.rules.push_back(allow(rule.calls));
    profile.rules.back().includes.arches = words(rule.arches);
  }
  for (const WithCapability& rule : with_capability) {
    profile.rules.push_back(allow(rule.calls));
    profile.rules.back().includes.caps = {rule.capability};
  }
  add_clone_rules(profile.rules);
  return profile;
}

} // namespace

const SeccompProfile& default_seccomp_profile() {
  static const SeccompProfile profile = make_default();
  return profile;
}

} // namespace oci::specgen
