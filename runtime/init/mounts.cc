#include "runtime/init/init.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/stat.h>

namespace init {

namespace {

constexpr int detach = 2;             // MNT_DETACH
constexpr int recursive_too = 0x8000; // AT_RECURSIVE

bool is_folder(int fd) {
  uint32_t mode = 0;
  return file_kind(fd, &mode) == 0 && (mode & S_IFMT) == S_IFDIR;
}

// A new file system's root is one, and so is a cgroup.
bool is_folder_tree(const MountStep& m, int tree) {
  return (m.flags & mount_bind) == 0 || (m.flags & mount_fresh) != 0 || is_folder(tree);
}

} // namespace

long attach(int tree, int target) {
  return sys(__NR_move_mount, tree, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

long clone_tree(int fd, bool recursive) {
  return sys(__NR_open_tree, fd, "",
             AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (recursive ? recursive_too : 0));
}

long set_mount(int tree, uint64_t set, uint64_t clear, uint64_t propagation, bool recursive) {
  if ((set | clear | propagation) == 0) return 0;
  struct mount_attr attributes = {};
  attributes.attr_set = set;
  attributes.attr_clr = clear;
  attributes.propagation = propagation;
  return sys(__NR_mount_setattr, tree, "", AT_EMPTY_PATH | (recursive ? recursive_too : 0), &attributes,
             sizeof attributes);
}

namespace {

long bind_source(Init& in, const MountStep& m, const char* source) {
  if (m.source_fd >= 0) return in.fd(static_cast<uint32_t>(m.source_fd));
  bool recursive = (m.flags & mount_recursive) != 0;
  bool itself = (m.flags & mount_source_itself) != 0;
  return sys(__NR_open_tree, current_folder, source,
             OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (recursive ? recursive_too : 0) |
                 (itself ? AT_SYMLINK_NOFOLLOW : 0));
}

long configure(Init& in, const MountStep& m, int fs) {
  uint32_t index = 0;
  for (char** option = in.list(m.options); *option != nullptr; ++option, ++index) {
    char* value = const_cast<char*>(find(*option, '='));
    long result;
    if (value == nullptr) {
      result = sys(__NR_fsconfig, fs, FSCONFIG_SET_FLAG, *option, nullptr, 0);
    } else {
      *value = 0;
      result = sys(__NR_fsconfig, fs, FSCONFIG_SET_STRING, *option, value + 1, 0);
    }
    if (result < 0) return in.fails(result, Detail::option, index);
  }
  return sys(__NR_fsconfig, fs, FSCONFIG_CMD_CREATE, nullptr, nullptr, 0);
}

// "mode=" of the folder that is covered, where there is one.
long keep_mode(Init& in, int fs, const char* path) {
  long folder = open_inside(in, path, O_PATH | O_DIRECTORY);
  if (folder < 0) return 0;
  uint32_t mode = 0;
  long result = file_kind(static_cast<int>(folder), &mode);
  close(folder);
  if (result < 0) return result;
  char text[5] = {};
  for (int digit = 0; digit < 4; ++digit) text[digit] = static_cast<char>('0' + ((mode >> (9 - 3 * digit)) & 7));
  return sys(__NR_fsconfig, fs, FSCONFIG_SET_STRING, "mode", text, 0);
}

long new_file_system(Init& in, const MountStep& m, const char* source, const char* path) {
  long fs = sys(__NR_fsopen, in.text(m.type), FSOPEN_CLOEXEC);
  if (fs < 0) return fs;
  long result = *source == 0 ? 0 : sys(__NR_fsconfig, fs, FSCONFIG_SET_STRING, "source", source, 0);
  if (result >= 0 && (m.flags & mount_keep_mode) != 0) result = keep_mode(in, static_cast<int>(fs), path);
  if (result >= 0) result = configure(in, m, static_cast<int>(fs));
  const bool filled_first = (m.flags & mount_copy_up) != 0;
  if (result >= 0) result = sys(__NR_fsmount, fs, FSMOUNT_CLOEXEC, filled_first ? 0 : m.set);
  close(fs);
  return result;
}

// sysfs belongs to a network namespace of ours: where that is the host's, a user namespace gets the host's mount.
long sys_of_host() {
  long tree = sys(__NR_open_tree, current_folder, "/sys", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | recursive_too);
  if (tree < 0) return tree;
  long result = set_mount(static_cast<int>(tree), MOUNT_ATTR_RDONLY, 0, 0, true);
  if (result >= 0) return tree;
  close(tree);
  return result;
}

// The new tmpfs gets what the folder holds that it will cover; then its flags.
long filled(Init& in, const MountStep& m, int tree, const char* path) {
  long result = copy_up(in, path, tree);
  if (result >= 0) result = set_mount(tree, m.set, m.clear, 0, false);
  if (result >= 0) return tree;
  close(tree);
  return in.fails(result, Detail::copy_up);
}

long make_tree(Init& in, const MountStep& m, const char* source, const char* path) {
  if ((m.flags & mount_bind) == 0) {
    long tree = new_file_system(in, m, source, path);
    if (tree >= 0 && (m.flags & mount_copy_up) != 0) return filled(in, m, static_cast<int>(tree), path);
    if (tree == -EPERM && (m.flags & mount_or_bind_sys) != 0) return sys_of_host();
    return tree;
  }
  long tree = bind_source(in, m, source);
  if (tree < 0) return in.fails(tree, Detail::source);
  if ((m.flags & mount_proc_source) != 0 && file_system_magic(static_cast<int>(tree)) != PROC_SUPER_MAGIC) {
    close(tree);
    return in.fails(-EINVAL, Detail::not_proc);
  }
  long result = set_mount(static_cast<int>(tree), m.set, m.clear, 0, false);
  if (result >= 0) return tree;
  close(tree);
  return result;
}

long find_target(Init& in, const MountStep& m, const char* path, bool folder) {
  if ((m.flags & mount_plain_destination) != 0) {
    long fd = open_inside(in, path, O_PATH | O_DIRECTORY, RESOLVE_NO_SYMLINKS);
    if (fd == -ELOOP || fd == -ENOTDIR) return in.fails(fd, Detail::not_plain);
    if (fd != -ENOENT) return fd;
  }
  long fd = -ENOENT;
  if ((m.flags & mount_destination_itself) != 0) fd = open_inside(in, path, O_PATH | O_NOFOLLOW);
  if (fd == -ENOENT) fd = open_or_make(in, path, folder ? Kind::folder : Kind::file, folder ? m.made_mode : 0644);
  if (fd < 0) return in.fails(fd, Detail::destination);
  constexpr uint32_t may_be_in_proc = mount_allow_in_proc | mount_plain_destination | mount_proc_source;
  if ((m.flags & may_be_in_proc) == 0 && file_system_magic(static_cast<int>(fd)) == PROC_SUPER_MAGIC) {
    close(fd);
    return in.fails(-EPERM, Detail::inside_proc);
  }
  return fd;
}

} // namespace

namespace {

// 1: the source was a link, and is one now at the destination too.
long copy_link(Init& in, const char* source, const char* path) {
  char target[longest_path];
  long size = sys(__NR_readlinkat, current_folder, source, target, sizeof target - 1);
  if (size == -EINVAL) return 0; // something else
  if (size < 0) return in.fails(size, Detail::source);
  target[size] = 0;
  char name[longest_name], there[longest_path];
  long folder = find_parent(in, path, name);
  if (folder < 0) return in.fails(folder, Detail::destination);
  long result = sys(__NR_symlinkat, target, folder, name);
  if (result == -EEXIST) {
    long have = sys(__NR_readlinkat, folder, name, there, sizeof there - 1);
    if (have >= 0) there[have] = 0;
    if (have >= 0 && same(there, target)) result = 0;
  }
  return result < 0 ? in.fails(result, Detail::destination) : 1;
}

} // namespace

long mount(Init& in, const PlanStep& step) {
  const MountStep& m = *reinterpret_cast<const MountStep*>(in.data(step.a));
  if ((m.flags & mount_copy_link) != 0) {
    long copied = copy_link(in, in.text(step.s), in.text(step.t));
    if (copied != 0) return copied < 0 ? copied : 0;
  }
  long tree = make_tree(in, m, in.text(step.s), in.text(step.t));
  if (tree == -ENOENT && (m.flags & mount_may_miss) != 0) return 0;
  if (tree < 0) return tree;
  int fd = static_cast<int>(tree);
  long result = set_mount(fd, m.set_all, m.clear_all, 0, true);
  if (result >= 0) result = set_mount(fd, 0, 0, m.propagation, m.propagation_recursive != 0);
  if (result >= 0) {
    long target = find_target(in, m, in.text(step.t), is_folder_tree(m, fd));
    result = target < 0 ? target : attach(fd, static_cast<int>(target));
    close(target);
  }
  close(tree);
  return result;
}

// Only a mount's own root can be given a propagation: go up until there is one.
long parent_private(const char* path) {
  char at[longest_path];
  if (!join(at, sizeof at, path, "")) return -ENAMETOOLONG;
  for (size_t size = length(at);;) {
    long result = sys(__NR_mount, nullptr, size == 0 ? "/" : at, nullptr, MS_PRIVATE, nullptr);
    if (result != -EINVAL || size == 0) return result;
    while (size > 0 && at[--size] != '/') {
    }
    at[size] = 0;
  }
}

long open_root(Init& in, const PlanStep& step) {
  // The host's, verified now, before anything of the container's is mounted.
  in.null_device = static_cast<int>(sys(__NR_openat, current_folder, "/dev/null", O_PATH | O_CLOEXEC, 0));
  const char* path = in.text(step.s);
  if ((step.flags & step_bind) == 0) {
    in.root = static_cast<int>(sys(__NR_openat, current_folder, path, O_PATH | O_DIRECTORY | O_CLOEXEC, 0));
    return in.root;
  }
  long tree = sys(__NR_open_tree, current_folder, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | recursive_too);
  if (tree < 0) return tree;
  in.root = static_cast<int>(tree);
  if (!is_folder(in.root)) return -ENOTDIR;
  if (step.a != 0) {
    const long set = set_mount(in.root, 0, 0, step.a, true);
    if (set < 0) return set;
  }
  return sys(__NR_move_mount, tree, "", current_folder, path, MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_SYMLINKS);
}

long mount_flags(Init& in, const PlanStep& step) {
  long fd = open_inside(in, in.text(step.t), O_PATH);
  if (fd < 0) return fd;
  long result = set_mount(static_cast<int>(fd), step.a, step.b, 0, (step.flags & step_recursive) != 0);
  close(fd);
  return result;
}

namespace {

// One empty file system serves all masked folders: the first gets it, the others clones.
long mask_of_folder(Init& in, int target) {
  if (in.mask_tree >= 0) {
    long tree = clone_tree(in.mask_tree, false);
    long result = tree < 0 ? tree : attach(static_cast<int>(tree), target);
    close(tree);
    return result;
  }
  long fs = sys(__NR_fsopen, "tmpfs", FSOPEN_CLOEXEC);
  if (fs < 0) return fs;
  sys(__NR_fsconfig, fs, FSCONFIG_SET_STRING, "nr_inodes", "1", 0);
  sys(__NR_fsconfig, fs, FSCONFIG_SET_STRING, "nr_blocks", "1", 0);
  long result = sys(__NR_fsconfig, fs, FSCONFIG_CMD_CREATE, nullptr, nullptr, 0);
  constexpr uint64_t closed = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
  if (result >= 0) result = sys(__NR_fsmount, fs, FSMOUNT_CLOEXEC, closed);
  close(fs);
  if (result < 0) return result;
  in.mask_tree = static_cast<int>(result);
  return attach(in.mask_tree, target);
}

long mask_of_file(Init& in, int target) {
  uint32_t mode = 0, major = 0, minor = 0;
  long result = in.null_device < 0 ? in.null_device : file_kind(in.null_device, &mode, &major, &minor);
  if (result < 0) return result;
  if ((mode & S_IFMT) != S_IFCHR || major != 1 || minor != 3) return -ENODEV;
  long tree = clone_tree(in.null_device, false);
  if (tree < 0) return tree;
  result = attach(static_cast<int>(tree), target);
  close(tree);
  return result;
}

} // namespace

long mask(Init& in, const PlanStep& step) {
  long target = open_inside(in, in.text(step.t), O_PATH);
  if (target == -ENOENT || target == -ENOTDIR) return 0;
  if (target < 0) return target;
  int fd = static_cast<int>(target);
  long result = is_folder(fd) ? mask_of_folder(in, fd) : mask_of_file(in, fd);
  close(target);
  return result;
}

long read_only(Init& in, const PlanStep& step) {
  long target = open_inside(in, in.text(step.t), O_PATH);
  if (target == -ENOENT || target == -ENOTDIR) return 0;
  if (target < 0) return target;
  long result = clone_tree(static_cast<int>(target), true);
  if (result >= 0) {
    int tree = static_cast<int>(result);
    result = set_mount(tree, MOUNT_ATTR_RDONLY, 0, 0, false);
    if (result >= 0) result = attach(tree, static_cast<int>(target));
    close(tree);
  }
  close(target);
  return result;
}

// Both roots at one place for a moment, so that the container's needs no folder for the old one.
long pivot(Init& in, const PlanStep& step) {
  bool shared = (step.flags & step_recursive) != 0;
  long old = shared ? sys(__NR_openat, current_folder, "/", O_PATH | O_DIRECTORY | O_CLOEXEC, 0) : -1;
  if (shared && old < 0) return old;
  long result = sys(__NR_fchdir, in.root);
  if (result >= 0) result = sys(__NR_pivot_root, ".", ".");
  // The host must not see its mounts go.
  if (result >= 0 && shared) result = set_mount(static_cast<int>(old), 0, 0, MS_SLAVE, true);
  close(old);
  if (result >= 0) result = sys(__NR_umount2, ".", detach);
  if (result >= 0) result = sys(__NR_chdir, "/");
  return result;
}

long change_root(Init& in) {
  long result = sys(__NR_fchdir, in.root);
  if (result >= 0) result = sys(__NR_chroot, ".");
  if (result >= 0) result = sys(__NR_chdir, "/");
  return result;
}

long move_root(Init& in) {
  long result = sys(__NR_move_mount, in.root, "", current_folder, "/", MOVE_MOUNT_F_EMPTY_PATH);
  return result < 0 ? result : change_root(in);
}

} // namespace init
