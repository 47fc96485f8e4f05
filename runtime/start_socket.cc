#include "runtime/start_socket.h"

#include "base/sys.h"
#include "runtime/explanation.h"
#include "runtime/state.h"

#include <cerrno>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace oci::runtime {

namespace {

// By descriptor, because an address has room for 107 bytes only.
sockaddr_un address_in(int folder) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  cat("/proc/self/fd/", folder, "/", start_socket).copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

Fd make_socket() {
  Fd fd(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  if (!fd) fail_errno(Errno{errno}, "make a socket");
  return fd;
}

} // namespace

Fd listen_for_start(int folder) {
  constexpr int backlog = 8;
  Fd fd = make_socket();
  sockaddr_un address = address_in(folder);
  // The mode of the file is that of the socket's inode, the umask aside.
  check(sys::fchmod(fd.get(), 0600), "make the start socket");
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0 || listen(fd.get(), backlog) < 0)
    fail_errno(Errno{errno}, "make the start socket");
  return fd;
}

std::optional<StartFailure> ask_to_start(int folder, int pidfd) {
  Fd fd = make_socket();
  sockaddr_un address = address_in(folder);
  if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0)
    fail_errno(Errno{errno}, "connect to the container's init");
  SyncMessage message{};
  message.kind = Sync::start;
  if (send(fd.get(), &message, sizeof message, MSG_NOSIGNAL) < 0) fail_errno(Errno{errno}, "start the container");
  pollfd watched[] = {{fd.get(), POLLIN, 0}, {pidfd, POLLIN, 0}};
  while (poll(watched, 2, -1) < 0)
    if (errno != EINTR) fail_errno(Errno{errno}, "poll");
  ssize_t size = recv(fd.get(), &message, sizeof message, MSG_DONTWAIT);
  if (size == sizeof message && message.kind == Sync::failed) return StartFailure{message, hear_explanation(fd.get())};
  return std::nullopt;
}

} // namespace oci::runtime
