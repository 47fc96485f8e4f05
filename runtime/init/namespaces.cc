#include "runtime/init/init.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/if.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <linux/sockios.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

namespace init {

long become_root() {
  long result = sys(__NR_setresgid, 0, 0, 0);
  return result < 0 ? result : sys(__NR_setresuid, 0, 0, 0);
}

// The new process is our sibling, so that the runtime is its parent; its number is told by us, who see it as the
// runtime does, while it may be 1 to itself.
long fork_inside(Init& in, const PlanStep& step) {
  struct clone_args args = {};
  args.flags = step.a | CLONE_PARENT;
  long pid = sys(__NR_clone3, &args, sizeof args);
  if (pid <= 0) return pid;
  long result = send(in, Sync::pid, static_cast<uint32_t>(pid));
  exit(result < 0 ? 1 : 0);
}

// Through the host's procfs, opened by the runtime: no mount of a container's is crossed, no magic link followed.
long write_proc(Init& in, const char* path, const char* value) {
  struct open_how how = {};
  how.flags = O_WRONLY | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
  long fd = sys(__NR_openat2, in.fd(fd_proc), path, &how, sizeof how);
  if (fd < 0) return fd;
  if (file_system_magic(static_cast<int>(fd)) != PROC_SUPER_MAGIC) {
    close(fd);
    return -EXDEV;
  }
  size_t size = length(value);
  long written = sys(__NR_write, fd, value, size);
  close(fd);
  if (written < 0) return written;
  return static_cast<size_t>(written) == size ? 0 : -EIO;
}

long time_offsets(Init& in, const PlanStep& step) {
  long result = *in.text(step.s) == 0 ? 0 : write_proc(in, "self/timens_offsets", in.text(step.s));
  if (result < 0) return result;
  long fd = sys(__NR_openat, in.fd(fd_proc), "self/ns/time_for_children", O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return fd;
  result = sys(__NR_setns, fd, CLONE_NEWTIME);
  close(fd);
  return result;
}

long loopback_up() {
  constexpr int inet = 2, datagram = 2; // AF_INET, SOCK_DGRAM
  struct {
    char name[16];
    short flags;
    char rest[22];
  } request = {"lo", 0, {}};
  long fd = sys(__NR_socket, inet, datagram | O_CLOEXEC, 0);
  if (fd < 0) return fd;
  long result = sys(__NR_ioctl, fd, SIOCGIFFLAGS, &request);
  if (result >= 0) {
    request.flags = static_cast<short>(request.flags | IFF_UP);
    result = sys(__NR_ioctl, fd, SIOCSIFFLAGS, &request);
  }
  close(fd);
  return result;
}

} // namespace init
