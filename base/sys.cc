#include "base/sys.h"

#include <array>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace oci::sys {

namespace {

constexpr std::size_t max_fds = 16; // in one message
constexpr int open_attempts = 128;  // of an openat2 that loses to renames

// Calls again while a signal interrupts.
template <class F>
auto retry(F&& call) {
  decltype(call()) value;
  do value = call();
  while (value == -1 && errno == EINTR);
  return value;
}

Result<Fd> owned(long fd) {
  if (fd < 0) return tl::unexpected(Errno{errno});
  return Fd(static_cast<int>(fd));
}

Result<std::size_t> counted(ssize_t count) {
  if (count < 0) return tl::unexpected(Errno{errno});
  return static_cast<std::size_t>(count);
}

} // namespace

Result<void> result_void(long value) {
  if (value == -1) return tl::unexpected(Errno{errno});
  return {};
}

Result<Fd> open(const std::string& path, int flags, mode_t mode) { return openat(AT_FDCWD, path, flags, mode); }

Result<Fd> openat(int dir, const std::string& path, int flags, mode_t mode) {
  return owned(retry([&] { return ::openat(dir, path.c_str(), flags | O_CLOEXEC, mode); }));
}

Result<Fd> openat2(int dir, const std::string& path, std::uint64_t flags, std::uint64_t resolve, mode_t mode) {
  struct open_how how {};
  how.flags = flags | O_CLOEXEC;
  how.mode = mode;
  how.resolve = resolve;
  for (int attempt = 1;; ++attempt) {
    long fd = retry([&] { return ::syscall(SYS_openat2, dir, path.c_str(), &how, sizeof how); });
    if (fd == -1 && errno == EAGAIN && attempt < open_attempts) continue;
    return owned(fd);
  }
}

Result<std::size_t> read(int fd, void* data, std::size_t size) {
  return counted(retry([&] { return ::read(fd, data, size); }));
}

Result<std::size_t> write(int fd, const void* data, std::size_t size) {
  return counted(retry([&] { return ::write(fd, data, size); }));
}

Result<std::size_t> pread(int fd, void* data, std::size_t size, off_t offset) {
  return counted(retry([&] { return ::pread(fd, data, size, offset); }));
}

Result<std::size_t> pwrite(int fd, const void* data, std::size_t size, off_t offset) {
  return counted(retry([&] { return ::pwrite(fd, data, size, offset); }));
}

Result<struct stat> fstat(int fd) {
  struct stat status;
  if (::fstat(fd, &status) == -1) return tl::unexpected(Errno{errno});
  return status;
}

Result<struct stat> fstatat(int dir, const std::string& path, int flags) {
  struct stat status;
  if (::fstatat(dir, path.c_str(), &status, flags) == -1) return tl::unexpected(Errno{errno});
  return status;
}

Result<struct stat> stat(const std::string& path) { return fstatat(AT_FDCWD, path, 0); }

Result<std::string> readlinkat(int dir, const std::string& path) {
  for (std::size_t size = 256;; size *= 4) {
    std::string target(size, '\0');
    ssize_t length = ::readlinkat(dir, path.c_str(), target.data(), size);
    if (length < 0) return tl::unexpected(Errno{errno});
    if (static_cast<std::size_t>(length) == size) continue; // may have been cut
    target.resize(static_cast<std::size_t>(length));
    return target;
  }
}

Result<void> mkdirat(int dir, const std::string& path, mode_t mode) {
  return result_void(::mkdirat(dir, path.c_str(), mode));
}

Result<void> unlinkat(int dir, const std::string& path, int flags) {
  return result_void(::unlinkat(dir, path.c_str(), flags));
}

Result<void> renameat(int old_dir, const std::string& old_path, int new_dir, const std::string& new_path) {
  return result_void(::renameat(old_dir, old_path.c_str(), new_dir, new_path.c_str()));
}

Result<void> renameat2(int old_dir, const std::string& old_path, int new_dir, const std::string& new_path,
                       unsigned flags) {
  return result_void(::renameat2(old_dir, old_path.c_str(), new_dir, new_path.c_str(), flags));
}

Result<void> linkat(int old_dir, const std::string& old_path, int new_dir, const std::string& new_path, int flags) {
  return result_void(::linkat(old_dir, old_path.c_str(), new_dir, new_path.c_str(), flags));
}

Result<void> symlinkat(const std::string& target, int dir, const std::string& path) {
  return result_void(::symlinkat(target.c_str(), dir, path.c_str()));
}

Result<void> mknodat(int dir, const std::string& path, mode_t mode, dev_t device) {
  return result_void(::mknodat(dir, path.c_str(), mode, device));
}

Result<void> fchmod(int fd, mode_t mode) {
  return result_void(retry([&] { return ::fchmod(fd, mode); }));
}

Result<void> fchown(int fd, uid_t uid, gid_t gid) {
  return result_void(retry([&] { return ::fchown(fd, uid, gid); }));
}

Result<void> fsync(int fd) {
  return result_void(retry([&] { return ::fsync(fd); }));
}

Result<void> ftruncate(int fd, off_t size) {
  return result_void(retry([&] { return ::ftruncate(fd, size); }));
}

Result<off_t> lseek(int fd, off_t offset, int whence) { return result(::lseek(fd, offset, whence)); }

Result<void> flock(int fd, int operation) {
  return result_void(retry([&] { return ::flock(fd, operation); }));
}

Result<Pipe> pipe() {
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC) == -1) return tl::unexpected(Errno{errno});
  return Pipe{Fd(fds[0]), Fd(fds[1])};
}

Result<SocketPair> socketpair(int type) {
  int fds[2];
  if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, fds) == -1) return tl::unexpected(Errno{errno});
  return SocketPair{Fd(fds[0]), Fd(fds[1])};
}

Result<void> send_fds(int socket, std::string_view bytes, std::span<const int> fds) {
  if (fds.size() > max_fds) return tl::unexpected(Errno{EINVAL});
  alignas(cmsghdr) std::array<char, CMSG_SPACE(max_fds * sizeof(int))> control{};
  iovec data{const_cast<char*>(bytes.data()), bytes.size()};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  if (!fds.empty()) {
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(fds.size_bytes());
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(fds.size_bytes());
    std::memcpy(CMSG_DATA(header), fds.data(), fds.size_bytes());
  }
  ssize_t sent = retry([&] { return ::sendmsg(socket, &message, MSG_NOSIGNAL); });
  if (sent < 0) return tl::unexpected(Errno{errno});
  // Only a stream can send a part; the descriptors went with its first byte.
  std::string_view rest = bytes.substr(static_cast<std::size_t>(sent));
  while (!rest.empty()) {
    sent = retry([&] { return ::send(socket, rest.data(), rest.size(), MSG_NOSIGNAL); });
    if (sent < 0) return tl::unexpected(Errno{errno});
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
  return {};
}

Result<Received> receive_fds(int socket, std::span<char> buffer) {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(max_fds * sizeof(int))> control{};
  iovec data{buffer.data(), buffer.size()};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t size = retry([&] { return ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC); });
  if (size < 0) return tl::unexpected(Errno{errno});
  Received received;
  received.size = static_cast<std::size_t>(size);
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd;
      std::memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof fd);
      received.fds.emplace_back(fd);
    }
  }
  // A message that did not fit is refused whole: half of it would be taken for another.
  if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) return tl::unexpected(Errno{EMSGSIZE});
  return received;
}

Result<Fd> memfd_create(const std::string& name, unsigned flags) {
  return owned(::memfd_create(name.c_str(), flags | MFD_CLOEXEC));
}

Result<Fd> pidfd_open(pid_t pid) { return owned(::syscall(SYS_pidfd_open, pid, 0)); }

Result<void> pidfd_send_signal(int pidfd, int signal) {
  return result_void(::syscall(SYS_pidfd_send_signal, pidfd, signal, nullptr, 0));
}

Result<void> close_range(unsigned first, unsigned last, unsigned flags) {
  return result_void(::syscall(SYS_close_range, first, last, flags));
}

} // namespace oci::sys
