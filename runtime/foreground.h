// run and exec with or without somebody who waits for the program.
#pragma once

#include "runtime/launch.h"
#include "runtime/terminal.h"

#include <optional>

namespace oci::runtime {

// The signals are held from before the container's process exists; the program gets our caller's mask.
class Foreground {
public:
  explicit Foreground(bool wanted) {
    if (wanted) mask_ = relay_.emplace().original();
    if (!wanted) sigprocmask(SIG_SETMASK, nullptr, &mask_);
  }
  const sigset_t& mask() const { return mask_; }
  // For the end; only when wanted.
  ExitStatus wait(InitProcess& init, NotifyRelay* notify = nullptr) {
    return run_foreground(init.pid(), init.pidfd(), *relay_, std::move(init.terminal()), notify);
  }

private:
  std::optional<SignalRelay> relay_;
  sigset_t mask_{};
};

} // namespace oci::runtime
