// A child process of ours that runs a program: spawned by vfork (CLONE_VM and CLONE_VFORK), killed and reaped by the
// destructor.
#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <chrono>
#include <optional>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace oci {

// How a process ended.
struct ExitStatus {
  int code = 0;   // exit code when signal is 0
  int signal = 0; // the signal that ended it, or 0
  // As a shell gives it: code, or 128 + signal.
  int shell_status() const { return signal != 0 ? 128 + signal : code; }
};

class Child {
public:
  struct Options {
    std::string program;           // a path; never searched for in PATH
    std::vector<std::string> args; // args[0] included
    std::vector<std::string> env;  // "K=V"; exactly these
    std::vector<std::pair<int, int>>
        fds; // {ours, theirs}: every other descriptor from 3 up is closed; 0-2 stay unless named
    int parent_death_signal = 0;
  };
  // The signal mask is empty, every signal has its default action.
  static Child spawn(const Options& options); // throws; an exec that fails is reported here, with its errno

  Child() = default;
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;
  ~Child(); // SIGKILL and wait, when it still runs

  pid_t pid() const { return pid_; }
  int pidfd() const { return pidfd_.get(); }
  ExitStatus wait();
  // nullopt when it still runs after `timeout`.
  std::optional<ExitStatus> wait_for(std::chrono::milliseconds timeout);
  void kill(int signal); // of a process that was waited for: nothing

private:
  pid_t pid_ = -1;
  Fd pidfd_;
};

} // namespace oci
