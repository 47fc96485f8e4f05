#include "base/files.h"
#include "base/sys.h"
#include "base/text.h"
#include "runtime/state.h"

#include <poll.h>
#include <sys/vfs.h>

namespace oci::runtime {

namespace {

constexpr long pidfs_magic = 0x50494446; // PID_FS_MAGIC, newer than the headers we build with

// 0 where pidfds are anonymous inodes, which are all the same one.
std::uint64_t pidfs_inode(int pidfd) {
  struct statfs file_system;
  if (fstatfs(pidfd, &file_system) < 0 || file_system.f_type != pidfs_magic) return 0;
  const auto info = sys::fstat(pidfd);
  return info ? info->st_ino : 0;
}

// 0 when there is no such process. The program's name, in parentheses, may hold anything.
std::uint64_t start_time_of(pid_t pid) {
  const auto file = sys::open(cat("/proc/", pid, "/stat"), O_RDONLY);
  if (!file) return 0;
  char buffer[1024];
  const auto got = sys::read(file->get(), buffer, sizeof buffer);
  if (!got) return 0;
  const std::string_view text(buffer, *got);
  const std::size_t name_end = text.rfind(')');
  if (name_end == text.npos || name_end + 2 > text.size()) return 0;
  const auto fields = split(text.substr(name_end + 2), ' '); // from field 3 on
  if (fields.size() < 20) return 0;
  return parse_unsigned(fields[19]).value_or(0);
}

bool has_ended(int pidfd) {
  pollfd watched = {pidfd, POLLIN, 0};
  return poll(&watched, 1, 0) > 0;
}

} // namespace

std::string ProcessIdentity::current_boot() {
  return std::string(trim(read_file("/proc/sys/kernel/random/boot_id", 64)));
}

ProcessIdentity ProcessIdentity::of(pid_t pid) {
  const Fd pidfd = check(sys::pidfd_open(pid), "open process ", pid);
  return {.pid = pid, .start_time = start_time_of(pid), .pidfs = pidfs_inode(pidfd.get()), .boot = current_boot()};
}

Fd ProcessIdentity::open() const {
  if (pid <= 0 || boot != current_boot()) return Fd();
  auto pidfd = sys::pidfd_open(pid);
  // EINVAL, ENOENT: the number is a thread's now.
  if (!pidfd && (pidfd.error() == ESRCH || pidfd.error() == EINVAL || pidfd.error() == ENOENT)) return Fd();
  if (!pidfd) fail_errno(pidfd.error(), cat("open process ", pid));
  const bool same = pidfs != 0 ? pidfs == pidfs_inode(pidfd->get()) : start_time == start_time_of(pid);
  if (!same || has_ended(pidfd->get())) return Fd();
  return std::move(*pidfd);
}

} // namespace oci::runtime
