#include "runtime/hooks.h"

#include "base/child.h"
#include "base/io.h"
#include "base/log.h"
#include "base/sys.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstring>
#include <poll.h>
#include <unistd.h>

namespace oci::runtime {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kept_output = 1024; // bytes of a hook's last words

// A file, not a pipe: nobody waits for a hook that does not read.
Fd state_input(const std::string& state_json) {
  Fd input = check(sys::memfd_create("oci-hook-state", 0), "make its input");
  check(write_all(input.get(), state_json), "write its input");
  check(sys::lseek(input.get(), 0, SEEK_SET), "rewind its input");
  return input;
}

// Takes what is there now; false at the end.
bool drain(int fd, std::string& tail) {
  char buffer[4096];
  for (;;) {
    const auto got = sys::read(fd, buffer, sizeof buffer);
    if (!got) return got.error() == EAGAIN;
    if (*got == 0) return false;
    tail.append(buffer, *got);
    if (tail.size() > kept_output) tail.erase(0, tail.size() - kept_output);
  }
}

int milliseconds_until(std::optional<Clock::time_point> deadline) {
  if (!deadline) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

// Until the child ends; false when the deadline came first. A descendant that keeps the output open is not waited for.
bool wait_for_end(Child& child, int output, std::string& tail, std::optional<Clock::time_point> deadline) {
  pollfd watched[] = {{child.pidfd(), POLLIN, 0}, {output, POLLIN, 0}};
  for (;;) {
    const int ready = poll(watched, 2, milliseconds_until(deadline));
    if (ready < 0 && errno != EINTR) fail_errno(Errno{errno}, "wait for it");
    if (watched[1].revents != 0 && !drain(output, tail)) watched[1].fd = -1;
    if (watched[0].revents != 0) return true;
    if (ready == 0 && Clock::now() >= *deadline) return false;
  }
}

std::string describe(const ExitStatus& status) {
  if (status.signal == 0) return cat("exit status ", status.code);
  return cat("killed by signal ", status.signal, " (", strsignal(status.signal), ")");
}

void run_hook(const spec::Hook& hook, const std::string& state_json) {
  const Fd input = state_input(state_json);
  sys::Pipe output = check(sys::pipe(), "make a pipe");
  if (fcntl(output.read_end.get(), F_SETFL, O_NONBLOCK) < 0) fail_errno(Errno{errno}, "make a pipe");

  std::optional<Clock::time_point> deadline;
  if (hook.timeout) deadline = Clock::now() + std::chrono::seconds(std::clamp<std::int64_t>(*hook.timeout, 0, 1 << 30));
  const std::vector<std::string> args = hook.args.empty() ? std::vector{hook.path} : hook.args;
  const int written = output.write_end.get();
  Child child = Child::spawn(
      {.program = hook.path, .args = args, .env = hook.env, .fds = {{input.get(), 0}, {written, 1}, {written, 2}}});
  output.write_end.reset();

  std::string tail;
  const bool ended = wait_for_end(child, output.read_end.get(), tail, deadline);
  if (!ended) child.kill(SIGKILL);
  const ExitStatus status = child.wait();
  drain(output.read_end.get(), tail);
  const std::string_view said = trim(tail);
  const std::string colon = said.empty() ? "" : cat(": ", printable(said, kept_output));
  if (!ended) fail("timed out after ", *hook.timeout, " s", colon);
  if (status.shell_status() != 0) fail(describe(status), colon);
}

std::string place(std::string_view kind, std::size_t number, const spec::Hook& hook) {
  return cat(kind, " hook ", number, " (", hook.path, ")");
}

} // namespace

void run_hooks(std::string_view kind, const std::vector<spec::Hook>& hooks, const std::string& state_json) {
  for (std::size_t i = 0; i < hooks.size(); ++i)
    with_context(place(kind, i, hooks[i]), [&] { run_hook(hooks[i], state_json); });
}

void run_hooks_warning(std::string_view kind, const std::vector<spec::Hook>& hooks, const std::string& state_json) {
  for (std::size_t i = 0; i < hooks.size(); ++i) {
    try {
      run_hook(hooks[i], state_json);
    } catch (const Error& error) {
      log::warning(place(kind, i, hooks[i]), ": ", error.message());
    }
  }
}

} // namespace oci::runtime
