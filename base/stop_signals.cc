#include "base/stop_signals.h"

#include "base/error.h"

#include <cerrno>
#include <poll.h>
#include <sys/signalfd.h>

namespace oci {

namespace {

// The kernel keeps a blocked signal even when it is ignored.
bool is_ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

} // namespace

StopSignals::StopSignals() {
  sigset_t held;
  ::sigemptyset(&held);
  for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGALRM})
    if (!is_ignored(signal)) ::sigaddset(&held, signal);
  fd_ = Fd(::signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd_) fail_errno(Errno{errno}, "open a signalfd");
  ::pthread_sigmask(SIG_BLOCK, &held, &original_);
}

StopSignals::~StopSignals() { ::pthread_sigmask(SIG_SETMASK, &original_, nullptr); }

void StopSignals::check() const {
  pollfd entry{fd_.get(), POLLIN, 0};
  if (::poll(&entry, 1, 0) <= 0) return;
  sigset_t pending;
  ::sigpending(&pending);
  fail(::sigismember(&pending, SIGALRM) == 1 ? "deadline exceeded" : "interrupted");
}

void check_stop(int fd) {
  pollfd stop{fd, POLLIN, 0};
  if (fd >= 0 && ::poll(&stop, 1, 0) > 0) fail("interrupted");
}

} // namespace oci
