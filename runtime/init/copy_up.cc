#include "runtime/init/init.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/stat.h>

namespace init {

namespace {

constexpr int deepest = 64;
constexpr long whole = 0x7ffff000; // what one call copies at most

// getdents64's
struct Entry {
  uint64_t inode;
  int64_t next;
  unsigned short size;
  unsigned char type;
  char name[1];
};

bool is_dot(const char* name) { return same(name, ".") || same(name, ".."); }

long copy_folder(int from, int into, int depth);

long copy_content(int from, int into) {
  for (;;) {
    long copied = sys(__NR_sendfile, into, from, nullptr, whole);
    if (copied <= 0) return copied;
  }
}

long copy_file(int folder, const char* name, int into, uint32_t mode) {
  long from = sys(__NR_openat, folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);
  if (from < 0) return from;
  long to = sys(__NR_openat, into, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  long result = to < 0 ? to : copy_content(static_cast<int>(from), static_cast<int>(to));
  close(from);
  close(to);
  return result;
}

long copy_subfolder(int folder, const char* name, int into, uint32_t mode, int depth) {
  long result = sys(__NR_mkdirat, into, name, mode);
  if (result < 0) return result;
  long from = sys(__NR_openat, folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
  if (from < 0) return from;
  long to = sys(__NR_openat, into, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
  result = to < 0 ? to : copy_folder(static_cast<int>(from), static_cast<int>(to), depth + 1);
  close(from);
  close(to);
  return result;
}

long copy_symlink(int folder, const char* name, int into) {
  char target[longest_path];
  long size = sys(__NR_readlinkat, folder, name, target, sizeof target - 1);
  if (size < 0) return size;
  target[size] = 0;
  return sys(__NR_symlinkat, target, into, name);
}

uint64_t device_number(const struct statx& status) {
  uint64_t major = status.stx_rdev_major, minor = status.stx_rdev_minor;
  return (minor & 0xff) | ((major & 0xfff) << 8) | ((minor & 0xfff00) << 12);
}

long copy_entry(int folder, const char* name, int into, int depth) {
  struct statx status = {};
  long result = sys(__NR_statx, folder, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &status);
  if (result < 0) return result;
  const uint32_t mode = status.stx_mode, kind = mode & S_IFMT;
  if (kind == S_IFDIR)
    result = copy_subfolder(folder, name, into, mode & 07777, depth);
  else if (kind == S_IFREG)
    result = copy_file(folder, name, into, mode & 07777);
  else if (kind == S_IFLNK)
    result = copy_symlink(folder, name, into);
  else
    result = sys(__NR_mknodat, into, name, mode, device_number(status));
  if (result < 0) return result;
  result = sys(__NR_fchownat, into, name, status.stx_uid, status.stx_gid, AT_SYMLINK_NOFOLLOW);
  // A change of owner takes set-id bits away.
  if (result >= 0 && kind != S_IFLNK && (mode & 06000) != 0) result = sys(__NR_fchmodat, into, name, mode & 07777);
  const int64_t times[4] = {status.stx_atime.tv_sec, status.stx_atime.tv_nsec, status.stx_mtime.tv_sec,
                            status.stx_mtime.tv_nsec};
  if (result >= 0) result = sys(__NR_utimensat, into, name, times, AT_SYMLINK_NOFOLLOW);
  return result;
}

long copy_folder(int from, int into, int depth) {
  if (depth > deepest) return -ELOOP;
  alignas(8) char entries[2048] = {};
  for (;;) {
    long size = sys(__NR_getdents64, from, entries, sizeof entries);
    if (size <= 0) return size;
    for (long at = 0; at < size;) {
      const Entry& entry = *reinterpret_cast<const Entry*>(entries + at);
      long result = is_dot(entry.name) ? 0 : copy_entry(from, entry.name, into, depth);
      if (result < 0) return result;
      at += entry.size;
    }
  }
}

} // namespace

long copy_up(Init& in, const char* path, int into) {
  long from = open_inside(in, path, O_RDONLY | O_DIRECTORY);
  if (from == -ENOENT) return 0;
  if (from < 0) return from;
  long result = copy_folder(static_cast<int>(from), into, 0);
  close(from);
  return result;
}

} // namespace init
