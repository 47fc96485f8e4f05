#include "cli/deadline.h"

#include "base/duration.h"
#include "base/error.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <sys/time.h>
#include <unistd.h>

namespace oci::cli {

namespace {

const std::string* words = nullptr;

void end(int) {
  const ssize_t ignored = ::write(STDERR_FILENO, words->data(), words->size());
  static_cast<void>(ignored);
  ::_exit(1);
}

} // namespace

void set_deadline(const std::string& duration, std::string last_words) {
  const auto time = parse_duration(duration);
  if (!time) fail("--command-timeout ", printable(duration), ": not a length of time such as 1m30s");
  if (time->count() == 0) return; // none, as in skopeo
  static const std::string kept = std::move(last_words);
  words = &kept;
  struct sigaction action {};
  action.sa_handler = end;
  ::sigaction(SIGALRM, &action, nullptr);
  const auto left = std::max(std::chrono::ceil<std::chrono::microseconds>(*time), std::chrono::microseconds(1));
  const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
  itimerval timer{};
  timer.it_value.tv_sec = static_cast<time_t>(seconds.count());
  timer.it_value.tv_usec = static_cast<suseconds_t>((left - seconds).count());
  if (::setitimer(ITIMER_REAL, &timer, nullptr) != 0) fail_errno(Errno{errno}, "--command-timeout");
}

} // namespace oci::cli
