// The container's init as a process: cloned into its namespaces, given its plan, talked to until its program runs.
#pragma once

#include "base/child.h"
#include "base/fd.h"
#include "runtime/plan.h"
#include "runtime/sync_protocol.h"
#include "spec/runtime_config.h"

#include <functional>
#include <optional>
#include <signal.h>
#include <sys/types.h>
#include <vector>

namespace oci::runtime {

// What init is given beside its plan. All descriptors stay the caller's.
struct LaunchOptions {
  int start_listener = -1;
  int state = -1;    // hooks' standard input
  int listener = -1; // plan.listener, connected
  int listener_state = -1;
  int container_pidfd = -1; // exec
  const spec::Linux* id_maps = nullptr;
  sigset_t signal_mask{};            // of the program
  std::function<void(pid_t)> on_pid; // the process exists, and waits: cgroups, limits
};

// Killed and reaped by the destructor unless released.
class InitProcess {
public:
  // Throws what init failed with as well: "mount proc on /proc: …".
  InitProcess(InitPlan& plan, const LaunchOptions& options);
  InitProcess(const InitProcess&) = delete;
  ~InitProcess();

  pid_t pid() const { return pid_; }
  int pidfd() const { return pidfd_.get(); }
  Fd& terminal() { return terminal_; } // the pseudo-terminal's master, once there

  enum class Stage { hooks, ready };
  Stage wait();         // for the next of them; throws what init failed with
  void wait_for_exec(); // after `start`
  void send(Sync kind);
  void release() { pidfd_.reset(), pid_ = -1; }

private:
  void introduce(const InitPlan& plan, const LaunchOptions& options);
  void learn_pid();
  void kill_and_reap();
  std::optional<SyncMessage> receive(); // nullopt: the other end is closed
  [[noreturn]] void fail_with(const SyncMessage& message) const;
  [[noreturn]] void fail_ended();

  const std::string* plan_buffer_;
  pid_t pid_ = -1;
  Fd pidfd_, sync_, terminal_;
};

// 0-2 have to be something, and what preserve_fds names must be open: nothing of ours may take their places. Throws.
void check_descriptors(unsigned preserve_fds);

} // namespace oci::runtime
