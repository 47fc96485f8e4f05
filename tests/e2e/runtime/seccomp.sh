#!/usr/bin/env bash
# linux.seccomp: actions and errno by name, calls newer than the profile are not there; the cache does not change a thing.
# peers: runc
. "$(dirname "$0")/../../tools/harness.sh"

make_bundle b sh -c 'uname -n >/dev/null && echo uname; hostname x || echo refused; mkdir /tmp/d || echo no folder'
edit_config b '.process.capabilities |= with_entries(.value += ["CAP_SYS_ADMIN"])'
profile() { edit_config b ".linux.seccomp = $1"; }

profile '{defaultAction: "SCMP_ACT_ALLOW", syscalls: [
  {names: ["sethostname", "no_such_call_at_all"], action: "SCMP_ACT_ERRNO", errnoRet: 28},
  {names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO"}]}'
for round in first cached; do
  expect_ok runtime run -b b "$(id_of "$round")"
  expect_eq "$OUT" $'uname\nrefused\nno folder'
  expect_contains "$ERR" "No space left on device"
  expect_contains "$ERR" "Operation not permitted"
done

profile '{defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"], syscalls: [
  {names: ["sethostname"], action: "SCMP_ACT_KILL"}]}'
edit_config b '.process.args = ["hostname", "x"]'
expect_fail 159 -- runtime run -b b "$(id_of kill)"

# Only what a shell needs, and none of the newest calls.
if [ "$(uname -m)" = x86_64 ]; then
  profile '{defaultAction: "SCMP_ACT_ERRNO", architectures: ["SCMP_ARCH_X86_64"], syscalls: [{names: [
    "read", "write", "open", "openat", "close", "execve", "exit", "exit_group", "brk", "mmap", "munmap", "mprotect", "arch_prctl",
    "fstat", "newfstatat", "stat", "lstat", "getuid", "geteuid", "getgid", "getegid", "getpid", "getppid", "uname", "getcwd",
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "set_tid_address", "set_robust_list", "rseq", "prlimit64", "getrandom",
    "readlink", "readlinkat", "ioctl", "prctl", "fcntl", "futex", "fork", "vfork", "clone", "wait4", "dup2", "poll", "lseek",
    "setgroups", "setgid", "setuid", "capset", "capget", "getdents64", "chdir", "fchdir", "statx", "gettid", "tgkill", "clone3",
    "fstatfs", "madvise", "sigaltstack", "epoll_pwait", "nanosleep", "close_range", "openat2", "faccessat2", "sched_getaffinity"],
    action: "SCMP_ACT_ALLOW"}]}'
  cat >call.s <<'ASM'
.globl _start
_start:
  mov $450, %eax
  xor %edi, %edi
  syscall
  neg %eax
  mov %eax, %edi
  mov $231, %eax
  syscall
ASM
  if command -v as >/dev/null && as call.s -o call.o && ld call.o -o b/rootfs/bin/call; then
    edit_config b '.process.args = ["/bin/call"]'
    expect_fail 38 -- runtime run -b b "$(id_of newer)"
    sed -i 's/\$450/$169/' call.s # reboot
    as call.s -o call.o && ld call.o -o b/rootfs/bin/call
    expect_fail 1 -- runtime run -b b "$(id_of older)"
  fi
fi
