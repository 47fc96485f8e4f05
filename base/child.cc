#include "base/child.h"

#include "base/sys.h"

#include <algorithm>
#include <csignal>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace oci {

namespace {

// All that the new process needs, made before it exists: until its exec it shares our memory.
struct Start {
  const char* program;
  char* const* args;
  char* const* env;
  std::pair<int, int>* fds; // {ours, theirs}; ours is replaced on the way
  std::size_t fd_count;
  int first_unused; // above every `theirs`
  int parent_death_signal;
  pid_t parent;
  int error; // why there was no exec
};

// From here to run_in_child: system calls only, no memory is taken or given back, nothing throws.

void reset_signals() {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) ::sigaction(signal, &action, nullptr); // KILL and STOP refuse
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

bool arrange_death_signal(const Start& start) {
  if (start.parent_death_signal == 0) return true;
  if (::prctl(PR_SET_PDEATHSIG, start.parent_death_signal) == -1) return false;
  if (::getppid() != start.parent) ::_exit(1); // died before it could be noticed
  return true;
}

// Everything from 3 up is closed by the exec but what dup2 makes. First all out of the way, then each to its place:
// no `theirs` overwrites an `ours` that is still needed.
bool arrange_fds(const Start& start) {
  if (::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == -1) return false;
  for (std::size_t i = 0; i < start.fd_count; ++i) {
    int& ours = start.fds[i].first;
    ours = ::fcntl(ours, F_DUPFD_CLOEXEC, start.first_unused);
    if (ours == -1) return false;
  }
  for (std::size_t i = 0; i < start.fd_count; ++i) {
    if (::dup2(start.fds[i].first, start.fds[i].second) == -1) return false;
  }
  return true;
}

[[noreturn, gnu::noinline]] void run_in_child(Start& start) {
  reset_signals();
  if (arrange_death_signal(start) && arrange_fds(start)) ::execve(start.program, start.args, start.env);
  start.error = errno;
  ::_exit(127);
}

[[gnu::noinline]] pid_t vfork_and_exec(Start& start) {
  pid_t pid = ::vfork(); // returns here when the child has done its exec or is gone
  if (pid == 0) run_in_child(start);
  return pid;
}

// No handler of ours may run in the child while it has our memory.
class AllSignalsBlocked {
public:
  AllSignalsBlocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~AllSignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
  sigset_t before_;
};

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> out;
  out.reserve(strings.size() + 1);
  for (const std::string& text : strings) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

Result<int> reap(pid_t pid) {
  int status = 0;
  pid_t reaped;
  do reaped = ::waitpid(pid, &status, 0);
  while (reaped == -1 && errno == EINTR);
  if (reaped == -1) return tl::unexpected(Errno{errno});
  return status;
}

} // namespace

Child Child::spawn(const Options& options) {
  std::vector<char*> args = pointers(options.args);
  std::vector<char*> env = pointers(options.env);
  auto fds = options.fds;
  int first_unused = 3;
  for (auto& [ours, theirs] : fds) first_unused = std::max(first_unused, theirs + 1);
  Start start{options.program.c_str(),     args.data(), env.data(), fds.data(), fds.size(), first_unused,
              options.parent_death_signal, ::getpid(),  0};
  Child child;
  int fork_error = 0;
  {
    AllSignalsBlocked guard;
    child.pid_ = vfork_and_exec(start);
    fork_error = errno;
  }
  if (child.pid_ == -1) fail_errno(Errno{fork_error}, "start a process");
  if (start.error != 0) {
    (void)reap(std::exchange(child.pid_, -1));
    fail_errno(Errno{start.error}, cat("run ", options.program));
  }
  child.pidfd_ = check(sys::pidfd_open(child.pid_), "open process ", child.pid_);
  return child;
}

Child::Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)), pidfd_(std::move(other.pidfd_)) {}

Child& Child::operator=(Child&& other) noexcept {
  if (this == &other) return *this;
  Child old(std::move(*this));
  pid_ = std::exchange(other.pid_, -1);
  pidfd_ = std::move(other.pidfd_);
  return *this;
}

Child::~Child() {
  if (pid_ == -1) return;
  ::kill(pid_, SIGKILL); // not reaped yet, so the number is still its own
  (void)reap(pid_);
}

ExitStatus Child::wait() {
  if (pid_ == -1) fail("wait for a process: there is none");
  int status = check(reap(std::exchange(pid_, -1)), "wait for a process");
  pidfd_.reset();
  if (WIFSIGNALED(status)) return {0, WTERMSIG(status)};
  return {WEXITSTATUS(status), 0};
}

std::optional<ExitStatus> Child::wait_for(std::chrono::milliseconds timeout) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds longest_poll = std::chrono::hours(1), longest_wait = std::chrono::hours(100'000);
  if (pid_ == -1) fail("wait for a process: there is none");
  auto deadline = Clock::now() + std::clamp(timeout, std::chrono::milliseconds(0), longest_wait);
  for (;;) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    auto slice = std::clamp(left, std::chrono::milliseconds(0), longest_poll);
    pollfd poll_fd{pidfd_.get(), POLLIN, 0};
    int ready = ::poll(&poll_fd, 1, static_cast<int>(slice.count()));
    if (ready > 0) return wait();
    if (ready == -1 && errno != EINTR) fail_errno(Errno{errno}, "wait for a process");
    if (left <= std::chrono::milliseconds(0)) return std::nullopt;
  }
}

void Child::kill(int signal) {
  if (pid_ == -1) return;
  check(sys::pidfd_send_signal(pidfd_.get(), signal), "signal process ", pid_);
}

} // namespace oci
