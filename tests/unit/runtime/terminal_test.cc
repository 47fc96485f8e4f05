#include "runtime/terminal.h"

#include "base/error.h"
#include "base/files.h"
#include "base/io.h"
#include "base/sys.h"

#include <cstdlib>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace oci::runtime {
namespace {

struct Pty {
  Fd master, slave;
  Pty() : master(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    unlockpt(master.get());
    slave = Fd(open(ptsname(master.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
  }
};

// The runtime, in a process of its own: its stdin and stdout are given, its child runs `script` on a pty.
class Foreground {
public:
  Foreground(int input, int output, const char* script, bool terminal = true) : pid_(fork()) {
    if (pid_ != 0) return;
    dup2(input, 0);
    dup2(output, 1);
    close_range(3, 100, 0);
    SignalRelay signals;
    Pty pty;
    const pid_t program = fork();
    if (program == 0) {
      sigprocmask(SIG_SETMASK, &signals.original(), nullptr);
      if (terminal) {
        setsid();
        ioctl(pty.slave.get(), TIOCSCTTY, 0);
        for (int fd = 0; fd < 3; ++fd) dup2(pty.slave.get(), fd);
      }
      execl("/bin/sh", "sh", "-c", script, nullptr);
      _exit(127);
    }
    pty.slave.reset();
    const Fd pidfd = *sys::pidfd_open(program);
    try {
      _exit(run_foreground(program, pidfd.get(), signals, terminal ? std::move(pty.master) : Fd()).shell_status());
    } catch (const Error&) {
      _exit(99);
    }
  }
  ~Foreground() {
    if (pid_ > 0) ::kill(pid_, SIGKILL), waitpid(pid_, nullptr, 0);
  }
  int wait() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  pid_t pid() const { return pid_; }
  std::size_t resident_pages() const {
    const auto fields = split(read_file(cat("/proc/", pid_, "/statm")), ' ');
    return *parse_unsigned(fields[1]);
  }

private:
  pid_t pid_;
};

std::string read_until(int fd, std::string_view end) {
  std::string text;
  char c;
  pollfd watched{fd, POLLIN, 0};
  while (text.find(end) == text.npos && poll(&watched, 1, 10'000) > 0 && read(fd, &c, 1) == 1) text += c;
  return text;
}

TEST(Terminal, OutputAndStatus) {
  auto out = *sys::pipe();
  Foreground runtime(open("/dev/null", O_RDONLY), out.write_end.get(), "test -t 0 && echo a terminal; exit 7");
  out.write_end.reset();
  EXPECT_EQ(read_all(out.read_end.get(), 1000, "out"), "a terminal\r\n");
  EXPECT_EQ(runtime.wait(), 7);
}

TEST(Terminal, AllOfALongOutputArrives) {
  auto out = *sys::pipe();
  Foreground runtime(open("/dev/null", O_RDONLY), out.write_end.get(),
                     "stty -opost; head -c 300000 /dev/zero | tr '\\0' x");
  out.write_end.reset();
  EXPECT_EQ(read_all(out.read_end.get(), 1u << 20, "out").size(), 300000u);
  EXPECT_EQ(runtime.wait(), 0);
}

TEST(Terminal, TheEndOfInputIsTypedIn) {
  auto in = *sys::pipe(), out = *sys::pipe();
  Foreground runtime(in.read_end.get(), out.write_end.get(), "stty -echo; read line; echo got $line; cat; echo end");
  out.write_end.reset();
  ASSERT_TRUE(write_all(in.write_end.get(), "one\ntwo"));
  in.write_end.reset();
  const std::string text = read_all(out.read_end.get(), 1000, "out");
  EXPECT_NE(text.find("got one"), text.npos) << text;
  EXPECT_NE(text.find("two"), text.npos) << text;
  EXPECT_TRUE(text.ends_with("end\r\n")) << text;
  EXPECT_EQ(runtime.wait(), 0);
}

TEST(Terminal, OursIsRawMeanwhileAndThenAsItWas) {
  Pty ours;
  termios before;
  tcgetattr(ours.slave.get(), &before);
  winsize size{33, 77, 0, 0};
  ioctl(ours.master.get(), TIOCSWINSZ, &size);
  Foreground runtime(ours.slave.get(), ours.slave.get(), "stty size; read x; stty size; exit 3");
  EXPECT_NE(read_until(ours.master.get(), "33 77").find("33 77"), std::string::npos);
  termios meanwhile;
  tcgetattr(ours.slave.get(), &meanwhile);
  EXPECT_EQ(meanwhile.c_lflag & (ICANON | ECHO | ISIG), 0u);
  size.ws_row = 44;
  ioctl(ours.master.get(), TIOCSWINSZ, &size);
  ::kill(runtime.pid(), SIGWINCH);
  ASSERT_TRUE(write_all(ours.master.get(), "\r"));
  EXPECT_NE(read_until(ours.master.get(), "44 77").find("44 77"), std::string::npos);
  EXPECT_EQ(runtime.wait(), 3);
  termios after;
  tcgetattr(ours.slave.get(), &after);
  EXPECT_EQ(after.c_lflag, before.c_lflag);
  EXPECT_EQ(after.c_oflag, before.c_oflag);
}

TEST(Terminal, AReaderThatStallsCostsNoMemory) {
  auto out = *sys::pipe();
  Foreground runtime(open("/dev/null", O_RDONLY), out.write_end.get(), "yes");
  read_until(out.read_end.get(), "y\r\ny");
  const std::size_t before = runtime.resident_pages();
  poll(nullptr, 0, 300);
  EXPECT_LT(runtime.resident_pages(), before + 64);
  ::kill(runtime.pid(), SIGKILL);
  runtime.wait();
}

TEST(Terminal, SignalsReachTheProgramThoughTheReaderStalls) {
  auto out = *sys::pipe();
  Foreground runtime(open("/dev/null", O_RDONLY), out.write_end.get(), "trap 'exit 5' TERM; yes & wait");
  read_until(out.read_end.get(), "y\r\ny");
  poll(nullptr, 0, 200);
  ::kill(runtime.pid(), SIGTERM);
  poll(nullptr, 0, 200);
  out.read_end.reset();
  EXPECT_EQ(runtime.wait(), 5);
}

TEST(Terminal, WithoutOneSignalsAndStatusArePassed) {
  auto out = *sys::pipe();
  Foreground runtime(open("/dev/null", O_RDONLY), out.write_end.get(),
                     "trap 'exit 9' USR1; echo ready; while :; do sleep 0.05; done", false);
  read_until(out.read_end.get(), "ready");
  ::kill(runtime.pid(), SIGUSR1);
  EXPECT_EQ(runtime.wait(), 9);
  Foreground killed(open("/dev/null", O_RDONLY), out.write_end.get(), "kill -9 $$", false);
  EXPECT_EQ(killed.wait(), 137);
}

TEST(Terminal, TheMasterIsSentInOneMessage) {
  const TempDir scratch(AT_FDCWD, cat(::testing::TempDir(), "oci-console-"));
  // Longer than an address has room for.
  const std::string folder = cat(scratch.name(), "/", std::string(120, 'd'));
  const Fd held = make_dirs(folder);
  Fd listener(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  cat("/proc/self/fd/", held.get(), "/s").copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(listen(listener.get(), 1), 0);
  const Pty pty;
  const Fd connection = connect_socket(cat(folder, "/s"), "console socket");
  send_pty(connection.get(), pty.master.get());
  const Fd accepted(accept(listener.get(), nullptr, nullptr));
  char buffer[64];
  const auto received = sys::receive_fds(accepted.get(), buffer);
  ASSERT_TRUE(received);
  ASSERT_EQ(received->fds.size(), 1u);
  EXPECT_GT(received->size, 0u);
  EXPECT_TRUE(isatty(received->fds[0].get()));
  EXPECT_THROW(connect_socket(cat(folder, "/none"), "console socket"), Error);
}

} // namespace
} // namespace oci::runtime
