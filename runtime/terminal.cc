#include "runtime/terminal.h"

#include "base/sys.h"
#include "runtime/notify_socket.h"
#include "runtime/terminal_relay.h"

#include <cerrno>
#include <memory>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace oci::runtime {

namespace {

// What ends a wait for a reader of our output that does not read.
bool is_impatient(int signal) { return signal == SIGTERM || signal == SIGINT || signal == SIGHUP || signal == SIGQUIT; }

// 0: none is there.
int next_signal(const SignalRelay& signals) {
  signalfd_siginfo info;
  const auto got = sys::read(signals.fd(), &info, sizeof info);
  return got && *got == sizeof info ? static_cast<int>(info.ssi_signo) : 0;
}

void reap_others(pid_t pid) {
  for (;;) {
    siginfo_t info{};
    if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid == 0 || info.si_pid == pid) return;
    waitid(P_PID, static_cast<id_t>(info.si_pid), &info, WEXITED | WNOHANG);
  }
}

ExitStatus wait_for(pid_t pid) {
  siginfo_t info{};
  while (waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED) < 0)
    if (errno != EINTR) fail_errno(Errno{errno}, cat("wait for process ", pid));
  if (info.si_code == CLD_EXITED) return {.code = info.si_status, .signal = 0};
  return {.code = 0, .signal = info.si_status};
}

void pass_on(int signal, pid_t pid, int pidfd, TerminalRelay* relay) {
  if (signal == SIGCHLD) return reap_others(pid);
  if (signal == SIGPIPE) return;
  if (signal == SIGWINCH && relay) return relay->copy_window_size();
  (void)sys::pidfd_send_signal(pidfd, signal); // it may have ended
}

void write_the_rest(TerminalRelay& relay, const SignalRelay& signals) {
  while (relay.finish()) {
    pollfd entries[TerminalRelay::watched + 1];
    relay.watch(entries);
    entries[TerminalRelay::watched] = {signals.fd(), POLLIN, 0};
    if (poll(entries, std::size(entries), -1) < 0 && errno != EINTR) return;
    if (entries[TerminalRelay::watched].revents != 0 && is_impatient(next_signal(signals))) return;
    relay.handle(entries);
  }
}

} // namespace

Fd connect_socket(const std::string& path, std::string_view what) {
  Fd connection(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!connection) fail_errno(Errno{errno}, "make a socket");
  // By descriptor, because an address has room for 107 bytes only.
  const Fd file = check(sys::open(path, O_PATH), what, " ", path);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  cat("/proc/self/fd/", file.get()).copy(address.sun_path, sizeof address.sun_path - 1);
  if (connect(connection.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0)
    fail_errno(Errno{errno}, cat(what, " ", path));
  return connection;
}

void send_pty(int console_socket, int master) {
  const int fds[] = {master};
  check(sys::send_fds(console_socket, "/dev/ptmx", fds), "send the terminal to the console socket");
}

RawTerminal::RawTerminal(int tty) : tty_(tty) {
  termios settings;
  if (tcgetattr(tty, &settings) < 0) return;
  saved_ = settings;
  cfmakeraw(&settings);
  if (tcsetattr(tty, TCSADRAIN, &settings) < 0) fail_errno(Errno{errno}, "set the terminal to raw mode");
}

RawTerminal::~RawTerminal() {
  if (saved_) tcsetattr(tty_, TCSADRAIN, &*saved_);
}

SignalRelay::SignalRelay() {
  sigset_t blocked;
  sigfillset(&blocked);
  // Faults are ours; a job in the background is stopped when it touches the terminal.
  for (const int kept : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS, SIGTTIN, SIGTTOU})
    sigdelset(&blocked, kept);
  if (sigprocmask(SIG_SETMASK, &blocked, &original_) < 0) fail_errno(Errno{errno}, "block signals");
  fd_ = Fd(signalfd(-1, &blocked, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd_) fail_errno(Errno{errno}, "open a signalfd");
}

SignalRelay::~SignalRelay() { sigprocmask(SIG_SETMASK, &original_, nullptr); }

ExitStatus run_foreground(pid_t pid, int pidfd, SignalRelay& signals, Fd master, NotifyRelay* notify) {
  std::unique_ptr<RawTerminal> raw;
  std::unique_ptr<TerminalRelay> relay;
  if (master) {
    relay = std::make_unique<TerminalRelay>(std::move(master));
    raw = std::make_unique<RawTerminal>(STDIN_FILENO);
  }
  constexpr std::size_t own = 3;
  pollfd entries[own + TerminalRelay::watched] = {
      {pidfd, POLLIN, 0}, {signals.fd(), POLLIN, 0}, {notify != nullptr ? notify->fd() : -1, POLLIN, 0}};
  for (;;) {
    if (relay) relay->watch(entries + own);
    const int ready = poll(entries, relay ? std::size(entries) : own, -1);
    if (ready < 0 && errno != EINTR) fail_errno(Errno{errno}, cat("wait for process ", pid));
    if (ready < 0) continue;
    if (entries[0].revents != 0) break;
    while (const int signal = entries[1].revents != 0 ? next_signal(signals) : 0)
      pass_on(signal, pid, pidfd, relay.get());
    // systemd started us, and to it the program's pid is ours.
    if (entries[2].revents != 0 && notify->pass_on(0)) entries[2].fd = -1;
    if (relay) relay->handle(entries + own);
  }
  if (relay) write_the_rest(*relay, signals);
  return wait_for(pid);
}

} // namespace oci::runtime
