#include "runtime/init/init.h"

#include <asm/errno.h>
#include <asm/ioctls.h>
#include <asm/termios.h>
#include <linux/fcntl.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/stat.h>

namespace init {

namespace {

constexpr uint32_t type_bits = S_IFMT;

long open_node(int folder, const char* name) {
  return sys(__NR_openat, folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
}

// One that the image brought is taken when it is the same device.
long check_same(int folder, const char* name, uint32_t type, uint64_t number) {
  long fd = open_node(folder, name);
  if (fd < 0) return fd;
  uint32_t mode = 0, major = 0, minor = 0;
  long result = file_kind(static_cast<int>(fd), &mode, &major, &minor);
  close(fd);
  if (result < 0) return result;
  bool numbered = type == S_IFCHR || type == S_IFBLK;
  bool same = (mode & type_bits) == type && (!numbered || number == ((uint64_t{major} << 32) | minor));
  return same ? 0 : -EEXIST;
}

// The kernel's user-space form of a device number: 12 bits of major between 20 of minor.
uint64_t kernel_number(uint64_t number) {
  uint64_t major = number >> 32, minor = number & 0xffffffff;
  return (minor & 0xff) | ((major & 0xfff) << 8) | ((minor & 0xfff00) << 12);
}

long make_node(int folder, const char* name, const PlanStep& step) {
  uint32_t mode = static_cast<uint32_t>(step.a);
  long result = sys(__NR_mknodat, folder, name, mode, kernel_number(step.b));
  bool made = result >= 0;
  if (result == -EEXIST) result = check_same(folder, name, mode & type_bits, step.b);
  if (result < 0) return result;
  if (made && step.c == 0 && step.d == 0) return 0; // mode is exact: there is no umask here
  long fd = open_node(folder, name);
  if (fd < 0) return fd;
  result = sys(__NR_fchownat, fd, "", step.c, step.d, AT_EMPTY_PATH);
  if (result >= 0 && !made) result = sys(__NR_fchmodat, folder, name, mode & 07777);
  close(fd);
  return result;
}

long make_empty_file(int folder, const char* name) {
  long fd = sys(__NR_openat, folder, name, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC, 0644);
  close(fd);
  if (fd < 0 && fd != -EEXIST) return fd;
  return open_node(folder, name);
}

// A mount of `tree` on the file `name`, which may not be a link.
long attach_on_file(int tree, int folder, const char* name) {
  long target = make_empty_file(folder, name);
  if (target < 0) return target;
  uint32_t mode = 0;
  long result = file_kind(static_cast<int>(target), &mode);
  if (result >= 0 && (mode & type_bits) == S_IFLNK) result = -ELOOP;
  if (result >= 0) result = attach(tree, static_cast<int>(target));
  close(target);
  return result;
}

long bind_node(int folder, const char* name, const char* source) {
  long tree = sys(__NR_open_tree, current_folder, source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
  if (tree < 0) return tree;
  long result = attach_on_file(static_cast<int>(tree), folder, name);
  close(tree);
  return result;
}

} // namespace

long device(Init& in, const PlanStep& step) {
  char name[longest_name];
  long folder = find_parent(in, in.text(step.t), name);
  if (folder < 0) return folder;
  return (step.flags & step_bind) != 0 ? bind_node(static_cast<int>(folder), name, in.text(step.s))
                                       : make_node(static_cast<int>(folder), name, step);
}

long link(Init& in, const PlanStep& step) {
  char name[longest_name];
  long folder = find_parent(in, in.text(step.t), name);
  if (folder < 0) return folder;
  long result = sys(__NR_symlinkat, in.text(step.s), folder, name);
  if (result == -EEXIST && (step.flags & step_replace) != 0) {
    result = sys(__NR_unlinkat, folder, name, 0);
    if (result >= 0) result = sys(__NR_symlinkat, in.text(step.s), folder, name);
  } else if (result == -EEXIST) {
    result = 0;
  }
  return result;
}

namespace {

// Both ends must be the container's devpts and nothing that only looks like it.
long open_master(Init& in) {
  long fd = open_inside(in, "/dev/pts/ptmx", O_RDWR | O_NOCTTY, RESOLVE_NO_SYMLINKS);
  if (fd < 0) return fd;
  uint32_t mode = 0, major = 0, minor = 0;
  long result = file_kind(static_cast<int>(fd), &mode, &major, &minor);
  bool right = result >= 0 && (mode & type_bits) == S_IFCHR && major == 5 && minor == 2 &&
               file_system_magic(static_cast<int>(fd)) == DEVPTS_SUPER_MAGIC;
  if (right) return fd;
  close(fd);
  return result < 0 ? result : -ENODEV;
}

long open_slave(int master) {
  int unlocked = 0;
  long result = sys(__NR_ioctl, master, TIOCSPTLCK, &unlocked);
  if (result < 0) return result;
  long fd = sys(__NR_ioctl, master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (fd < 0 || file_system_magic(static_cast<int>(fd)) == DEVPTS_SUPER_MAGIC) return fd;
  close(fd);
  return -ENODEV;
}

long mount_console(Init& in, int slave) {
  long folder = open_inside(in, "/dev", O_PATH | O_DIRECTORY);
  if (folder < 0) return folder;
  long tree = clone_tree(slave, false);
  long result = tree < 0 ? tree : attach_on_file(static_cast<int>(tree), static_cast<int>(folder), "console");
  close(tree);
  close(folder);
  return result;
}

long use_terminal(int slave) {
  long result = sys(__NR_ioctl, slave, TIOCSCTTY, 0);
  for (int fd = 0; fd < 3 && result >= 0; ++fd) result = sys(__NR_dup3, slave, fd, 0);
  return result;
}

} // namespace

long console(Init& in, const PlanStep& step) {
  long master = open_master(in);
  if (master < 0) return master;
  long slave = open_slave(static_cast<int>(master));
  if (slave < 0) return slave;
  int terminal = static_cast<int>(slave);
  struct winsize size = {static_cast<unsigned short>(step.a), static_cast<unsigned short>(step.b), 0, 0};
  long result = step.a == 0 && step.b == 0 ? 0 : sys(__NR_ioctl, terminal, TIOCSWINSZ, &size);
  if (result >= 0) result = sys(__NR_fchown, terminal, step.c, -1);
  if (result >= 0 && (step.flags & step_bind) != 0) result = mount_console(in, terminal);
  if (result >= 0) result = send_descriptor(in, Sync::terminal, static_cast<int>(master));
  if (result >= 0) result = use_terminal(terminal);
  close(slave);
  close(master);
  return result;
}

} // namespace init
