#include "runtime/notify_socket.h"

#include "base/log.h"
#include "base/sys.h"

#include <cerrno>
#include <cstddef>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace oci::runtime {

namespace {

constexpr const char* folder_name = "notify";
constexpr const char* socket_name = "notify.sock";
constexpr const char* inside = "/run/notify";

// By descriptor, because an address has room for 107 bytes only.
sockaddr_un own_address(int state_folder) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  cat("/proc/self/fd/", state_folder, "/", folder_name, "/", socket_name)
      .copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

Fd datagram_socket() {
  Fd fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) fail_errno(Errno{errno}, "make the notify socket");
  return fd;
}

} // namespace

void add_notify_socket(spec::RuntimeConfig& config, const std::string& state_path) {
  spec::Mount mount;
  mount.destination = inside;
  mount.type = "bind";
  mount.source = cat(state_path, "/", folder_name);
  mount.options = {"bind", "nosuid", "noexec", "nodev"};
  config.mounts.push_back(std::move(mount));
  std::erase_if(config.process->env, [](const std::string& entry) { return entry.starts_with("NOTIFY_SOCKET="); });
  config.process->env.push_back(cat("NOTIFY_SOCKET=", inside, "/", socket_name));
}

void make_notify_folder(int state_folder) {
  check(sys::mkdirat(state_folder, folder_name, 0755), "make the notify folder");
}

bool has_notify_folder(int state_folder) { return sys::fstatat(state_folder, folder_name).has_value(); }

NotifyRelay::NotifyRelay(int state_folder, std::string target)
    : socket_(datagram_socket()), target_(std::move(target)) {
  const sockaddr_un address = own_address(state_folder);
  (void)sys::unlinkat(state_folder, cat(folder_name, "/", socket_name));
  // The mode of the file is that of the socket's inode: whoever runs inside may speak to us.
  check(sys::fchmod(socket_.get(), 0777), "make the notify socket");
  if (bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0)
    fail_errno(Errno{errno}, "make the notify socket");
}

// Only that it is ready: what else it might say (MAINPID, WATCHDOG) it does not know of the outside.
bool NotifyRelay::pass_on(pid_t pid) {
  char text[4096];
  for (;;) {
    const ssize_t size = recv(socket_.get(), text, sizeof text, 0);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    for (const std::string& line : split(std::string_view(text, static_cast<std::size_t>(size)), '\n')) {
      if (line != "READY=1") continue;
      if (pid > 0) send(cat("MAINPID=", pid));
      send(line);
      return true;
    }
  }
}

void NotifyRelay::wait(int pidfd, pid_t pid) {
  pollfd entries[] = {{socket_.get(), POLLIN, 0}, {pidfd, POLLIN, 0}};
  for (;;) {
    if (poll(entries, 2, -1) < 0 && errno != EINTR) fail_errno(Errno{errno}, "wait for the program to be ready");
    if (pass_on(pid) || entries[1].revents != 0) return;
  }
}

void NotifyRelay::send(const std::string& message) const {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::size_t size = target_.copy(address.sun_path, sizeof address.sun_path - 1);
  const bool abstract = target_.starts_with('@');
  if (abstract) address.sun_path[0] = '\0';
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size + (abstract ? 0 : 1));
  const Fd socket = datagram_socket();
  if (sendto(socket.get(), message.data(), message.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address),
             length) < 0)
    log::warning("tell ", target_, " that the program is ready: ", errno_text(errno));
}

} // namespace oci::runtime
