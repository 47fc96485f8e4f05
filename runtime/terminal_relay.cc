#include "runtime/terminal_relay.h"

#include "base/sys.h"

#include <algorithm>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

namespace oci::runtime {

namespace {

constexpr std::size_t chunk = 4096; // a pipe that is ready for writing takes as much at once

// Non-blocking for us without being so for those who share the descriptor. Empty where that cannot be (a socket) or
// need not be (a file).
Fd nonblocking_twin(int fd) {
  const auto status = sys::fstat(fd);
  if (!status || !(S_ISCHR(status->st_mode) || S_ISFIFO(status->st_mode))) return Fd();
  auto twin = sys::open(cat("/proc/self/fd/", fd), O_WRONLY | O_NONBLOCK | O_NOCTTY);
  return twin ? std::move(*twin) : Fd();
}

bool is_retried(Errno error) { return error == EAGAIN || error == EINTR; }

void read_into(Pending& pending, int fd) {
  const auto got = sys::read(fd, pending.bytes.data(), pending.bytes.size());
  if (!got && is_retried(got.error())) return;
  pending.begin = 0;
  pending.end = got ? *got : 0;
  if (pending.end == 0) pending.open = false; // EIO: nobody has the other side of the terminal any more
}

// What cannot be written for good is dropped: the program must not notice that nobody reads.
void write_from(Pending& pending, int fd) {
  const std::size_t size = std::min(chunk, pending.end - pending.begin);
  const auto written = sys::write(fd, pending.bytes.data() + pending.begin, size);
  if (!written && is_retried(written.error())) return;
  pending.begin = written ? pending.begin + *written : pending.end;
}

} // namespace

TerminalRelay::TerminalRelay(Fd master)
    : master_(std::move(master)), own_stdout_(nonblocking_twin(STDOUT_FILENO)),
      stdout_(own_stdout_ ? own_stdout_.get() : STDOUT_FILENO) {
  const int flags = fcntl(master_.get(), F_GETFL);
  if (flags < 0 || fcntl(master_.get(), F_SETFL, flags | O_NONBLOCK) < 0)
    fail_errno(Errno{errno}, "set up the terminal");
  copy_window_size();
}

void TerminalRelay::watch(pollfd* entries) const {
  const bool reads_input = input_.open && input_.empty();
  entries[0] = {reads_input ? STDIN_FILENO : -1, POLLIN, 0};
  entries[1] = {output_.empty() ? -1 : stdout_, POLLOUT, 0};
  const bool reads_output = output_.open && output_.empty();
  const int events = (reads_output ? POLLIN : 0) | (input_.empty() ? 0 : POLLOUT);
  // A hang-up is reported without being asked for: one that was seen must not be waited for again.
  entries[2] = {events != 0 && output_.open ? master_.get() : -1, static_cast<short>(events), 0};
}

void TerminalRelay::handle(const pollfd* entries) {
  if (entries[0].revents != 0) read_input();
  if (entries[1].revents != 0) write_output();
  if ((entries[2].revents & POLLOUT) != 0) write_input();
  if ((entries[2].revents & ~POLLOUT) != 0 && output_.empty()) read_output();
  if ((entries[2].revents & POLLHUP) != 0) input_.begin = input_.end; // nobody is there to read it
}

void TerminalRelay::read_input() {
  read_into(input_, STDIN_FILENO);
  if (!input_.open) return end_input();
  if (!input_.empty()) line_began_ = input_.bytes[input_.end - 1] != '\n';
}

// The end of our stdin is typed in, if the program reads lines; else there is no such thing on a terminal.
void TerminalRelay::end_input() {
  termios settings;
  if (tcgetattr(master_.get(), &settings) < 0 || (settings.c_lflag & ICANON) == 0) return;
  // The first one after half a line only hands over that half.
  input_.bytes[0] = input_.bytes[1] = static_cast<char>(settings.c_cc[VEOF]);
  input_.begin = 0;
  input_.end = line_began_ ? 2 : 1;
}

void TerminalRelay::read_output() { read_into(output_, master_.get()); }
void TerminalRelay::write_input() { write_from(input_, master_.get()); }
void TerminalRelay::write_output() { write_from(output_, stdout_); }

bool TerminalRelay::finish() {
  input_.open = false;
  input_.begin = input_.end;
  if (output_.empty() && output_.open) {
    read_output();
    if (output_.empty()) output_.open = false;
  }
  return !output_.empty();
}

void TerminalRelay::copy_window_size() {
  winsize size;
  if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) < 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0) return;
  // A terminal that does not know its size must not undo what the config asks for.
  if (size.ws_row != 0 && size.ws_col != 0) ioctl(master_.get(), TIOCSWINSZ, &size);
}

} // namespace oci::runtime
