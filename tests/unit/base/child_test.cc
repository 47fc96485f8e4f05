#include "base/child.h"

#include "base/io.h"
#include "base/sys.h"

#include <csignal>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace oci {
namespace {

Child::Options shell(std::string script) {
  return {.program = "/bin/sh", .args = {"sh", "-c", std::move(script)}, .env = {"PATH=/usr/bin:/bin"}, .fds = {}};
}

// What the script writes to its standard output.
std::string output_of(Child::Options options) {
  sys::Pipe pipe = sys::pipe().value();
  options.fds.emplace_back(pipe.write_end.get(), 1);
  Child child = Child::spawn(options);
  pipe.write_end.reset();
  std::string text = read_all(pipe.read_end.get(), 1 << 20, "output");
  child.wait();
  return text;
}

TEST(Child, ExitCodesAndSignals) {
  EXPECT_EQ(Child::spawn(shell("exit 7")).wait().code, 7);
  ExitStatus status = Child::spawn(shell("kill -TERM $$")).wait();
  EXPECT_EQ(status.signal, SIGTERM);
  EXPECT_EQ(status.shell_status(), 128 + SIGTERM);
}

TEST(Child, ExecFailuresAreReported) {
  try {
    Child::spawn({.program = "/does/not/exist", .args = {"x"}, .env = {}, .fds = {}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "run /does/not/exist: no such file or directory");
    EXPECT_EQ(error.error_number(), ENOENT);
  }
  EXPECT_THROW(Child::spawn({.program = "/", .args = {"x"}, .env = {}, .fds = {}}), Error);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1); // nothing is left to reap
}

TEST(Child, GetsExactlyItsEnvironment) {
  Child::Options options{.program = "/usr/bin/env", .args = {"env"}, .env = {"A=1", "B=x y"}, .fds = {}};
  EXPECT_EQ(output_of(options), "A=1\nB=x y\n");
}

TEST(Child, GetsOnlyItsDescriptors) {
  Fd stray(::fcntl(0, F_DUPFD, 50));                                    // not close-on-exec
  EXPECT_EQ(output_of(shell("exec ls /proc/self/fd")), "0\n1\n2\n3\n"); // 3 is the folder that ls reads
}

TEST(Child, DescriptorMapsMayCross) {
  sys::Pipe pipes[2] = {sys::pipe().value(), sys::pipe().value()};
  int a = pipes[0].write_end.get(), b = pipes[1].write_end.get();
  Child::Options options = shell(cat("echo to-a >&", b, "; echo to-b >&", a, "; echo third >&9"));
  options.fds = {{a, b}, {b, a}, {a, 9}};
  Child child = Child::spawn(options);
  pipes[0].write_end.reset();
  pipes[1].write_end.reset();
  EXPECT_EQ(read_all(pipes[0].read_end.get(), 100, "a"), "to-a\nthird\n");
  EXPECT_EQ(read_all(pipes[1].read_end.get(), 100, "b"), "to-b\n");
  EXPECT_EQ(child.wait().shell_status(), 0);
}

TEST(Child, ADescriptorCanKeepItsNumber) {
  sys::Pipe pipe = sys::pipe().value();
  int fd = pipe.write_end.get();
  Child::Options options = shell(cat("echo x >&", fd));
  options.fds = {{fd, fd}};
  Child child = Child::spawn(options);
  pipe.write_end.reset();
  EXPECT_EQ(read_all(pipe.read_end.get(), 100, "pipe"), "x\n");
}

TEST(Child, ABadDescriptorIsReported) {
  Child::Options options = shell("true");
  options.fds = {{999, 5}};
  EXPECT_THROW(Child::spawn(options), Error);
}

TEST(Child, StartsWithDefaultSignals) {
  auto before = ::signal(SIGTERM, SIG_IGN);
  sigset_t blocked, mask;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGUSR1);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &mask);
  std::string status = output_of(shell("grep -E 'Sig(Blk|Ign)' /proc/self/status"));
  ::pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  ::signal(SIGTERM, before);
  EXPECT_EQ(status, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST(Child, OurSignalMaskComesBack) {
  sigset_t before, after;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &before);
  Child::spawn(shell("true")).wait();
  ::pthread_sigmask(SIG_SETMASK, nullptr, &after);
  for (int signal = 1; signal < 32; ++signal) {
    EXPECT_EQ(::sigismember(&before, signal), ::sigismember(&after, signal)) << signal;
  }
}

TEST(Child, WaitForGivesUp) {
  sys::Pipe gate = sys::pipe().value();
  Child::Options options = shell("read line");
  options.fds = {{gate.read_end.get(), 0}};
  Child child = Child::spawn(options);
  EXPECT_EQ(child.wait_for(std::chrono::milliseconds(0)), std::nullopt);
  EXPECT_EQ(child.wait_for(std::chrono::milliseconds(1)), std::nullopt);
  child.kill(SIGKILL);
  std::optional<ExitStatus> status = child.wait_for(std::chrono::milliseconds::max());
  ASSERT_TRUE(status);
  EXPECT_EQ(status->signal, SIGKILL);
  child.kill(SIGKILL);
  EXPECT_THROW(child.wait(), Error);
}

TEST(Child, TheDestructorKillsAndReaps) {
  pid_t pid;
  {
    Child child = Child::spawn(shell("exec sleep 1000"));
    Child moved = std::move(child);
    pid = moved.pid();
    EXPECT_EQ(child.pid(), -1); // NOLINT(bugprone-use-after-move): what a move leaves is promised
    moved = Child::spawn(shell("exec sleep 1000"));
    EXPECT_EQ(::kill(pid, 0), -1);
    pid = moved.pid();
  }
  EXPECT_EQ(::kill(pid, 0), -1);
}

TEST(Child, DiesWithItsParentWhenAsked) {
  sys::Pipe alive = sys::pipe().value();
  pid_t middle = ::fork();
  if (middle == 0) {
    Child::Options options = shell("exec sleep 1000");
    options.fds = {{alive.write_end.get(), 1}};
    options.parent_death_signal = SIGKILL;
    try {
      [[maybe_unused]] const Child child = Child::spawn(options);
      ::_exit(0);
    } catch (const Error&) {
      ::_exit(1);
    }
  }
  alive.write_end.reset();
  int status = 0;
  ASSERT_EQ(::waitpid(middle, &status, 0), middle);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(read_all(alive.read_end.get(), 10, "pipe"), ""); // ends only when the grandchild is gone
}

} // namespace
} // namespace oci
