// The foreground: our terminal and signals on one side, the container's process on the other.
#pragma once

#include "base/child.h"
#include "base/fd.h"

#include <optional>
#include <signal.h>
#include <string>
#include <sys/types.h>
#include <termios.h>

namespace oci::runtime {

class NotifyRelay;

// Connects to a unix socket; `what` names it in errors ("console socket"). Throws.
Fd connect_socket(const std::string& path, std::string_view what);
// One message with the pty master (SCM_RIGHTS), its text the terminal's name. Throws.
void send_pty(int console_socket, int master);

// Our terminal in raw mode; as it was again in every case, by the destructor.
class RawTerminal {
public:
  explicit RawTerminal(int tty); // does nothing when tty is no terminal
  RawTerminal(const RawTerminal&) = delete;
  ~RawTerminal();

private:
  int tty_;
  std::optional<termios> saved_;
};

// Blocks the signals that are ours to pass on, for as long as it lives. To be made before the container's process is
// cloned, so that none is lost; the child gets `original()` as its mask.
class SignalRelay {
public:
  SignalRelay();
  SignalRelay(const SignalRelay&) = delete;
  ~SignalRelay();
  int fd() const { return fd_.get(); } // a signalfd
  const sigset_t& original() const { return original_; }

private:
  sigset_t original_;
  Fd fd_;
};

// Waits until our child `pid` ends, meanwhile passing signals on to it and, where `master` is a pty's, our stdin to it
// and its output to our stdout (raw mode, window size; one fixed buffer a direction, so that a reader who stalls stalls
// the program and nothing grows). Other children of ours that end meanwhile are reaped. Returns how it ended; throws
// when it is not our child. `notify`: what the program says there is passed on too.
ExitStatus run_foreground(pid_t pid, int pidfd, SignalRelay& signals, Fd master = Fd(), NotifyRelay* notify = nullptr);

} // namespace oci::runtime
