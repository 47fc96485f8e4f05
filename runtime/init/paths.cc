#include "runtime/init/init.h"

#include <asm/errno.h>
#include <asm/statfs.h>
#include <linux/fcntl.h>
#include <linux/openat2.h>
#include <linux/stat.h>

namespace init {

namespace {

constexpr int open_attempts = 64; // of an openat2 that loses to a rename
constexpr int most_links = 40;

long open_beneath(int folder, const char* path, uint64_t flags, uint64_t resolve, uint32_t mode) {
  struct open_how how = {};
  how.flags = flags | O_CLOEXEC;
  how.mode = mode;
  how.resolve = resolve;
  long fd = -EAGAIN;
  for (int i = 0; i < open_attempts && fd == -EAGAIN; ++i) fd = sys(__NR_openat2, folder, path, &how, sizeof how);
  return fd;
}

// A path that is walked component by component, as some of them have to be made.
struct Walk {
  char path[longest_path]; // without leading slashes
  size_t done = 0;         // what is before it exists, as a folder
  int links = 0;

  bool set(const char* text) {
    while (*text == '/') ++text;
    if (!join(path, sizeof path, text, "")) return false;
    done = 0;
    return true;
  }
};

// A link to nothing yet: the walk goes on where it leads to.
long follow_dangling(Walk& walk, int folder, const char* name, const char* rest) {
  static char target[longest_path], next[longest_path];
  if (++walk.links > most_links) return -ELOOP;
  long size = sys(__NR_readlinkat, folder, name, target, sizeof target - 1);
  if (size < 0) return size;
  target[size] = 0;
  walk.path[walk.done] = 0;
  bool fits = target[0] == '/' ? join(next, sizeof next, target, "/", rest)
                               : join(next, sizeof next, walk.path, target, "/", rest);
  if (!fits || !walk.set(next)) return -ENAMETOOLONG;
  return 0;
}

} // namespace

long open_inside(Init& in, const char* path, uint64_t flags, uint64_t resolve, uint32_t mode) {
  return open_beneath(in.root, path, flags, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | resolve, mode);
}

namespace {

// The folder of the path's last component; the components before it are made where missing. With `last_too` that one as
// well, and it is opened.
long walk_folders(Init& in, const char* path, bool last_too, uint32_t mode, char* last) {
  static Walk walk;
  walk.links = 0;
  if (!walk.set(path)) return -ENAMETOOLONG;
  long folder = open_inside(in, "/", O_PATH | O_DIRECTORY);
  while (folder >= 0) {
    char* name = walk.path + walk.done;
    while (*name == '/') ++name;
    if (*name == 0) break;
    char* end = name;
    while (*end != 0 && *end != '/') ++end;
    char* rest = end;
    while (*rest == '/') ++rest;
    char component[longest_name];
    size_t size = static_cast<size_t>(end - name);
    if (size >= sizeof component) return close(folder), -ENAMETOOLONG;
    memcpy(component, name, size);
    component[size] = 0;
    if (*rest == 0 && !last_too) {
      memcpy(last, component, size + 1);
      return folder;
    }
    char saved = *end;
    *end = 0;
    long made = sys(__NR_mkdirat, folder, component, mode);
    long next = made < 0 && made != -EEXIST ? made : open_inside(in, walk.path, O_PATH | O_DIRECTORY);
    *end = saved;
    if (next == -ENOENT && made == -EEXIST) {
      next = follow_dangling(walk, static_cast<int>(folder), component, rest);
      if (next == 0) next = open_inside(in, "/", O_PATH | O_DIRECTORY);
    } else {
      walk.done = static_cast<size_t>(rest - walk.path);
    }
    close(folder);
    folder = next;
  }
  if (folder >= 0 && !last_too) memcpy(last, ".", 2);
  return folder;
}

} // namespace

namespace {

char parent_name[longest_path]; // of in.parent

// The same when the folder is there, as it nearly always is: one call, or none when it is the one of the step before.
// Borrowed: in.parent stays open.
long find_known_parent(Init& in, const char* path, char* name) {
  static char folder[longest_path];
  if (!join(folder, sizeof folder, path, "")) return -ENAMETOOLONG;
  size_t slash = length(folder);
  while (slash > 0 && folder[slash - 1] != '/') --slash;
  const char* last = folder + slash;
  if (*last == 0 || !join(name, longest_name, last, "")) return -ENOENT;
  if (same(name, "..") || same(name, ".")) return -ENOENT;
  folder[slash] = 0;
  if (in.parent >= 0 && same(folder, parent_name)) return in.parent;
  forget_parent(in);
  long found = open_inside(in, slash == 0 ? "/" : folder, O_PATH | O_DIRECTORY);
  if (found < 0) return found;
  join(parent_name, sizeof parent_name, folder, "");
  in.parent = static_cast<int>(found);
  return found;
}

} // namespace

void forget_parent(Init& in) {
  close(in.parent);
  in.parent = -1;
}

long find_parent(Init& in, const char* path, char* name) {
  long folder = find_known_parent(in, path, name);
  if (folder != -ENOENT) return folder;
  folder = walk_folders(in, path, false, 0755, name);
  if (folder < 0) return folder;
  parent_name[0] = 0; // no path leads to it for sure
  in.parent = static_cast<int>(folder);
  return folder;
}

long open_or_make(Init& in, const char* path, Kind kind, uint32_t mode) {
  long fd = open_inside(in, path, O_PATH);
  if (fd != -ENOENT) return fd;
  char name[longest_name];
  if (kind == Kind::folder) {
    long folder = find_known_parent(in, path, name);
    long made = folder < 0 ? folder : sys(__NR_mkdirat, folder, name, mode);
    return made >= 0 ? open_inside(in, path, O_PATH) : walk_folders(in, path, true, mode, nullptr);
  }
  long parent = find_parent(in, path, name);
  if (parent < 0) return parent;
  long file = sys(__NR_openat, parent, name, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC, mode);
  if (file < 0) return file;
  close(file);
  return open_inside(in, path, O_PATH);
}

long file_kind(int fd, uint32_t* mode, uint32_t* major, uint32_t* minor) {
  struct statx status = {};
  long result = sys(__NR_statx, fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_MODE, &status);
  if (result < 0) return result;
  *mode = status.stx_mode;
  if (major != nullptr) *major = status.stx_rdev_major;
  if (minor != nullptr) *minor = status.stx_rdev_minor;
  return 0;
}

uint64_t file_system_magic(int fd) {
  struct statfs status = {};
  return sys(__NR_fstatfs, fd, &status) < 0 ? 0 : static_cast<uint64_t>(status.f_type);
}

} // namespace init
