// System calls as Result<T>: errno always explicit, EINTR retried, every new descriptor close-on-exec.
// Thin on purpose: no policy, no messages. Paths are NUL-terminated C strings or std::string.
#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <linux/openat2.h>
#include <span>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <sys/types.h>
#include <vector>

namespace oci::sys {

// What a call returned, -1 with errno set for failure, as a Result.
template <class N>
Result<N> result(N value) {
  if (value == N(-1)) return tl::unexpected(Errno{errno});
  return value;
}
Result<void> result_void(long value);

Result<Fd> open(const std::string& path, int flags, mode_t mode = 0);
Result<Fd> openat(int dir, const std::string& path, int flags, mode_t mode = 0);
// `resolve` is RESOLVE_*; retried on EAGAIN (a racing rename) a bounded number of times.
Result<Fd> openat2(int dir, const std::string& path, std::uint64_t flags, std::uint64_t resolve, mode_t mode = 0);

Result<std::size_t> read(int fd, void* data, std::size_t size);
Result<std::size_t> write(int fd, const void* data, std::size_t size);
Result<std::size_t> pread(int fd, void* data, std::size_t size, off_t offset);
Result<std::size_t> pwrite(int fd, const void* data, std::size_t size, off_t offset);

Result<struct stat> fstat(int fd);
Result<struct stat> fstatat(int dir, const std::string& path, int flags = AT_SYMLINK_NOFOLLOW);
Result<struct stat> stat(const std::string& path); // follows links
Result<std::string> readlinkat(int dir, const std::string& path);

Result<void> mkdirat(int dir, const std::string& path, mode_t mode);
Result<void> unlinkat(int dir, const std::string& path, int flags = 0);
Result<void> renameat(int old_dir, const std::string& old_path, int new_dir, const std::string& new_path);
// flags: RENAME_NOREPLACE, RENAME_EXCHANGE
Result<void> renameat2(int old_dir, const std::string& old_path, int new_dir, const std::string& new_path,
                       unsigned flags);
Result<void> linkat(int old_dir, const std::string& old_path, int new_dir, const std::string& new_path, int flags = 0);
Result<void> symlinkat(const std::string& target, int dir, const std::string& path);
Result<void> mknodat(int dir, const std::string& path, mode_t mode, dev_t device);
Result<void> fchmod(int fd, mode_t mode);
Result<void> fchown(int fd, uid_t uid, gid_t gid);
Result<void> fsync(int fd);
Result<void> ftruncate(int fd, off_t size);
Result<off_t> lseek(int fd, off_t offset, int whence);

// operation: LOCK_SH, LOCK_EX, LOCK_UN, each with LOCK_NB or not. EINTR is retried.
Result<void> flock(int fd, int operation);

struct Pipe {
  Fd read_end;
  Fd write_end;
};
Result<Pipe> pipe();

struct SocketPair {
  Fd parent;
  Fd child;
};
// AF_UNIX; type is SOCK_STREAM or SOCK_SEQPACKET.
Result<SocketPair> socketpair(int type);

// Sends one message with up to 16 descriptors by SCM_RIGHTS.
Result<void> send_fds(int socket, std::string_view bytes, std::span<const int> fds);
struct Received {
  std::size_t size = 0;
  std::vector<Fd> fds;
};
Result<Received> receive_fds(int socket, std::span<char> buffer);

Result<Fd> memfd_create(const std::string& name, unsigned flags);
Result<Fd> pidfd_open(pid_t pid);
Result<void> pidfd_send_signal(int pidfd, int signal);
Result<void> close_range(unsigned first, unsigned last, unsigned flags);

} // namespace oci::sys
