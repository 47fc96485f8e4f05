#include "runtime/mapped_mount.h"

#include "base/sys.h"
#include "runtime/id_maps.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif

namespace oci::runtime {

namespace {

// A process that does nothing but live in a user namespace of its own; ended and reaped by the destructor.
class NamespaceHolder {
public:
  NamespaceHolder() {
    long pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
    if (pid == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      for (;;) ::pause();
    }
    if (pid < 0) fail_errno(Errno{errno}, "make a user namespace for the mount's ids");
    pid_ = static_cast<pid_t>(pid);
  }
  NamespaceHolder(const NamespaceHolder&) = delete;
  NamespaceHolder& operator=(const NamespaceHolder&) = delete;
  ~NamespaceHolder() {
    ::kill(pid_, SIGKILL);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  pid_t pid() const { return pid_; }

private:
  pid_t pid_;
};

Fd user_namespace_of(const InitPlan::Tree& tree) {
  if (!tree.user_namespace.empty())
    return check(sys::open(tree.user_namespace, O_RDONLY), tree.field, ": open ", tree.user_namespace);
  const NamespaceHolder holder;
  spec::Linux maps;
  maps.uid_mappings = tree.uid_mappings;
  maps.gid_mappings = tree.gid_mappings;
  with_context(tree.field, [&] { write_id_maps(holder.pid(), maps); });
  return check(sys::open(cat("/proc/", holder.pid(), "/ns/user"), O_RDONLY), tree.field, ": open the mount's ids");
}

} // namespace

void map_mount_ids(int mount, const InitPlan::Tree& tree) {
  const Fd ids = user_namespace_of(tree);
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_IDMAP;
  attributes.userns_fd = static_cast<std::uint64_t>(ids.get());
  const unsigned flags = AT_EMPTY_PATH | (tree.map_all ? AT_RECURSIVE : 0);
  if (syscall(SYS_mount_setattr, mount, "", flags, &attributes, sizeof attributes) == 0) return;
  const int error = errno;
  throw Error(cat(tree.field, ": show ", tree.source, " with other ids: ", errno_text(error)))
      .with_errno(error)
      .with_hint("its file system has to support idmapped mounts (ext4, xfs, btrfs from kernel 5.15, tmpfs from 6.3)");
}

} // namespace oci::runtime
