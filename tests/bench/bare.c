// The least a container's start can cost: the namespaces, mounts, cgroups and the ready filter of docker's default
// config, and one protective exec (this program's second half runs from a sealed memfd), by hand and without a check.
// No C library. Nothing is parsed, kept on disk, restored after a failure, or safe against the image: a yardstick.
//
//   bare ROOTFS FILTER HIERARCHY:FOLDER...      FILTER: a file of struct sock_filter[]
//
// gcc -O2 -static -nostdlib -ffreestanding -fno-stack-protector -o bare bare.c
#include <asm/unistd.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/if.h>
#include <linux/memfd.h>
#include <linux/mount.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#ifndef __x86_64__
#error "written for x86_64"
#endif

static long call(long number, long a, long b, long c, long d, long e) {
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                   : "rcx", "r11", "memory");
  return result;
}
#define sys5(n, a, b, c, d, e) call(__NR_##n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))
#define sys4(n, a, b, c, d) sys5(n, a, b, c, d, 0)
#define sys3(n, a, b, c) sys4(n, a, b, c, 0)
#define sys2(n, a, b) sys3(n, a, b, 0)
#define sys1(n, a) sys2(n, a, 0)

static void *copy(void *to, const void *from, size_t size) {
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
  return to;
}
void *memcpy(void *to, const void *from, size_t size) {
  copy(to, from, size);
  return to;
}
void *memset(void *to, int value, size_t size) {
  void *at = to;
  __asm__ volatile("rep stosb" : "+D"(at), "+c"(size) : "a"(value) : "memory");
  return to;
}

static size_t length(const char *text) {
  size_t size = 0;
  while (text[size]) ++size;
  return size;
}

// Every failure ends the program with the line it was seen in.
static void must_at(long result, int line) {
  if (result >= 0) return;
  char text[] = "bare: line 000: failed\n";
  text[11] = '0' + line / 100;
  text[12] = '0' + line / 10 % 10;
  text[13] = '0' + line % 10;
  sys3(write, 2, text, sizeof text - 1);
  sys1(exit_group, 1);
}
#define must(result) must_at((result), __LINE__)

static char joined[4096];
static const char *join(const char *a, const char *b, const char *c) {
  char *end = joined;
  for (const char *parts[] = {a, b, c}, **part = parts; part < parts + 3; ++part) {
    size_t size = length(*part);
    end = copy(end, *part, size);
  }
  *end = 0;
  return joined;
}

static void put(const char *path, const char *text) {
  long fd = sys3(open, path, O_WRONLY | O_CLOEXEC, 0);
  must(fd);
  must(sys3(write, fd, text, length(text)));
  sys1(close, fd);
}

// --- the container's side

static const char *const devices[] = {"null", "zero", "full", "random", "urandom", "tty"};
static const int numbers[] = {0x103, 0x105, 0x107, 0x108, 0x109, 0x500};
static const char *const links[][2] = {{"/proc/self/fd", "fd"},       {"/proc/self/fd/0", "stdin"},
                                       {"/proc/self/fd/1", "stdout"}, {"/proc/self/fd/2", "stderr"},
                                       {"/proc/kcore", "core"},       {"pts/ptmx", "ptmx"}};
static const char *const closed[] = {"bus", "fs", "irq", "sys", "sysrq-trigger"};
static const char *const masked_files[] = {"interrupts", "kcore", "keys", "latency_stats", "sched_debug", "timer_list", "timer_stats"};
static const char *const masked_folders[] = {"/proc/acpi", "/proc/asound", "/proc/scsi", "/sys/devices/virtual/powercap", "/sys/firmware"};
#define ro_flags (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)
#define no_flags (MS_NOSUID | MS_NODEV | MS_NOEXEC)

static void mount_all(char **hierarchies) {
  must(sys5(mount, "proc", "proc", "proc", no_flags, 0));
  must(sys5(mount, "tmpfs", "dev", "tmpfs", MS_NOSUID | MS_STRICTATIME, "mode=755,size=65536k"));
  must(sys2(mkdir, "dev/pts", 0755));
  must(sys5(mount, "devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5"));
  must(sys5(mount, "sysfs", "sys", "sysfs", ro_flags, 0));
  must(sys5(mount, "cgroup", "sys/fs/cgroup", "tmpfs", no_flags, "mode=755"));
  for (char **one = hierarchies; *one; ++one) {
    char name[64] = {0};
    const char *folder = *one;
    for (char *to = name; *folder != ':';) *to++ = *folder++;
    must(sys2(mkdir, join("sys/fs/cgroup/", name, ""), 0755));
    must(sys5(mount, folder + 1, joined, 0, MS_BIND, 0));
    must(sys5(mount, 0, joined, 0, MS_BIND | MS_REMOUNT | ro_flags, 0));
  }
  must(sys5(mount, 0, "sys/fs/cgroup", 0, MS_BIND | MS_REMOUNT | ro_flags, 0));
  must(sys2(mkdir, "dev/mqueue", 0755));
  must(sys5(mount, "mqueue", "dev/mqueue", "mqueue", no_flags, 0));
  must(sys2(mkdir, "dev/shm", 0755));
  must(sys5(mount, "shm", "dev/shm", "tmpfs", no_flags, "mode=1777,size=67108864"));
  for (int i = 0; i < 6; ++i) {
    must(sys3(mknod, join("dev/", devices[i], ""), 020666, numbers[i]));
    must(sys2(symlink, links[i][0], join("dev/", links[i][1], "")));
  }
}

static void close_paths(void) {
  put("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
  put("/proc/sys/net/ipv4/ping_group_range", "0 2147483647");
  for (size_t i = 0; i < sizeof closed / sizeof *closed; ++i)
    if (sys5(mount, join("/proc/", closed[i], ""), joined, 0, MS_BIND | MS_REC, 0) >= 0)
      must(sys5(mount, 0, joined, 0, MS_BIND | MS_REMOUNT | ro_flags, 0));
  for (size_t i = 0; i < sizeof masked_files / sizeof *masked_files; ++i)
    sys5(mount, "/dev/null", join("/proc/", masked_files[i], ""), 0, MS_BIND, 0);
  for (size_t i = 0; i < sizeof masked_folders / sizeof *masked_folders; ++i)
    sys5(mount, "tmpfs", masked_folders[i], "tmpfs", MS_RDONLY, "nr_inodes=1,nr_blocks=1");
}

static void loopback_up(void) {
  struct ifreq request = {.ifr_name = "lo"};
  long fd = sys3(socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  must(fd);
  request.ifr_flags = IFF_UP | IFF_LOOPBACK;
  must(sys3(ioctl, fd, SIOCSIFFLAGS, &request));
  sys1(close, fd);
}

static const uint64_t docker_capabilities = 0xa80425fb;

static void drop_rights(void) {
  for (unsigned i = 0; i <= 40; ++i)
    if (!(docker_capabilities >> i & 1)) must(sys5(prctl, PR_CAPBSET_DROP, i, 0, 0, 0));
  uint32_t group = 0;
  must(sys2(setgroups, 1, &group));
  must(sys3(setresgid, 0, 0, 0));
  must(sys3(setresuid, 0, 0, 0));
}

// argv: init ROOTFS HIERARCHY:FOLDER...; the socket is 3, the filter 4.
static void init(char **argv) {
  static struct sock_filter filter[4096];
  char go;
  must(sys3(read, 3, &go, 1));
  long size = sys3(read, 4, filter, sizeof filter);
  must(size);
  must(sys1(unshare, CLONE_NEWCGROUP));
  sys1(setsid, 0);
  must(sys2(keyctl, 1 /* join a new session keyring */, 0));
  must(sys2(sethostname, "bare", 4));
  loopback_up();
  must(sys5(mount, 0, "/", 0, MS_REC | MS_SLAVE, 0));
  must(sys5(mount, argv[1], argv[1], 0, MS_BIND | MS_REC, 0));
  must(sys1(chdir, argv[1]));
  mount_all(argv + 2);
  must(sys2(pivot_root, ".", "."));
  must(sys2(umount2, ".", 2 /* MNT_DETACH */));
  must(sys1(chdir, "/"));
  close_paths();
  must(sys3(close_range, 3, ~0U, 0));
  drop_rights();
  struct sock_fprog program = {(unsigned short)(size / (long)sizeof *filter), filter};
  must(sys3(seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program));
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {{(uint32_t)docker_capabilities, (uint32_t)docker_capabilities, 0}, {0, 0, 0}};
  must(sys2(capset, &header, data));
  char *arguments[] = {"/bin/true", 0}, *environment[] = {"PATH=/bin", "HOSTNAME=bare", "HOME=/", 0};
  must(sys3(execve, arguments[0], arguments, environment));
}

// --- the host's side

static const char *decimal(long value) {
  static char text[24];
  char *at = text + sizeof text - 1;
  do *--at = (char)('0' + value % 10);
  while (value /= 10);
  return at;
}

static void inherit(const char *folder, const char *file) {
  char above[4096], value[256];
  size_t end = length(folder);
  copy(above, folder, end);
  while (above[end - 1] != '/') --end;
  above[end] = 0;
  long fd = sys3(open, join(above, file, ""), O_RDONLY | O_CLOEXEC, 0);
  must(fd);
  long size = sys3(read, fd, value, sizeof value - 1);
  must(size);
  sys1(close, fd);
  value[size] = 0;
  put(join(folder, "/", file), value);
}

static void device_rules(const char *folder) {
  static const char *const allowed[] = {"c 1:5 rwm", "c 1:3 rwm", "c 1:9 rwm", "c 1:8 rwm", "c 5:0 rwm", "c 5:1 rwm",
                                        "c *:* m",   "b *:* m",   "c 1:7 rwm", "c 5:2 rwm", "c 136:* rwm"};
  put(join(folder, "/devices.deny", ""), "a");
  long fd = sys3(open, join(folder, "/devices.allow", ""), O_WRONLY | O_CLOEXEC, 0);
  must(fd);
  for (size_t i = 0; i < sizeof allowed / sizeof *allowed; ++i) must(sys3(write, fd, allowed[i], length(allowed[i])));
  sys1(close, fd);
}

static const char *folder_of(const char *hierarchy) {
  while (*hierarchy != ':') ++hierarchy;
  return hierarchy + 1;
}

static void make_cgroup(const char *hierarchy) {
  const char *folder = folder_of(hierarchy);
  must(sys2(mkdir, folder, 0755));
  if (hierarchy[0] == 'd') device_rules(folder); // devices
  if (hierarchy[0] == 'c' && hierarchy[3] == 's') inherit(folder, "cpuset.cpus"), inherit(folder, "cpuset.mems");
}

static long sealed_self(void) {
  static char block[65536];
  long self = sys3(open, "/proc/self/exe", O_RDONLY | O_CLOEXEC, 0), file = sys2(memfd_create, "bare", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  must(self);
  must(file);
  long size = sys3(read, self, block, sizeof block);
  must(size);
  must(sys3(write, file, block, size));
  must(sys3(fcntl, file, 1033 /* F_ADD_SEALS */, 15));
  sys1(close, self);
  return file;
}

static int run(char **argv) {
  char **hierarchies = argv + 3;
  for (char **one = hierarchies; *one; ++one) make_cgroup(*one);
  int pair[2];
  must(sys4(socketpair, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair));
  long filter = sys3(open, argv[2], O_RDONLY | O_CLOEXEC, 0), program = sealed_self();
  must(filter);
  struct clone_args clone = {0};
  clone.flags = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET;
  clone.exit_signal = 17; // SIGCHLD
  long pid = sys2(clone3, &clone, sizeof clone);
  must(pid);
  if (pid == 0) {
    long moved = sys3(fcntl, program, F_DUPFD_CLOEXEC, 10);
    long socket = sys3(fcntl, pair[1], F_DUPFD_CLOEXEC, 10), file = sys3(fcntl, filter, F_DUPFD_CLOEXEC, 10);
    sys3(dup3, socket, 3, 0);
    sys3(dup3, file, 4, 0);
    char *environment[] = {0};
    argv[2] = argv[1];
    static char name[] = "init";
    argv[1] = name;
    must(sys5(execveat, moved, "", argv + 1, environment, 0x1000 /* AT_EMPTY_PATH */));
  }
  const char *text = decimal(pid);
  for (char **one = hierarchies; *one; ++one) {
    char number[24] = {0};
    copy(number, text, length(text));
    put(join(folder_of(*one), "/cgroup.procs", ""), number);
  }
  must(sys3(write, pair[0], "", 1));
  int status = 0;
  must(sys4(wait4, pid, &status, 0, 0));
  for (char **one = hierarchies; *one; ++one) must(sys1(rmdir, folder_of(*one)));
  return status != 0;
}

__asm__(".globl _start\n_start:\n  xor %ebp, %ebp\n  mov %rsp, %rdi\n  and $-16, %rsp\n  call begin\n  hlt\n");

void begin(long *stack) {
  char **argv = (char **)(stack + 1);
  if (argv[0][0] == 'i' && argv[0][1] == 'n') init(argv);
  sys1(exit_group, run(argv));
}
