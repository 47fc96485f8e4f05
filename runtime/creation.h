// What create and run have in common: from a bundle to a process that waits to be started.
#pragma once

#include "runtime/cgroup.h"
#include "runtime/guard.h"
#include "runtime/launch.h"
#include "runtime/plan.h"
#include "runtime/runtime.h"
#include "runtime/seccomp_listener.h"
#include "runtime/state.h"

#include <memory>
#include <optional>
#include <vector>

namespace oci::runtime {

class Creation {
public:
  // Reads the config and finds everything that is wrong with it; nothing is made. Throws.
  Creation(const Settings& settings, const CreateOptions& options, bool start_by_socket);

  // State, cgroup, process, rootfs, hooks. Throws, and the destructor undoes what was made.
  void make(const sigset_t& signal_mask);
  // The container is there to stay: state "created", pid file, terminal handed over.
  void commit();
  // Its init has ended, and the folder was unlocked meanwhile: what somebody else removed is left alone.
  void remove();

  InitProcess& init() { return *init_; }
  const spec::RuntimeConfig& config() const { return config_; }
  const Record& record() const { return record_; }
  StateFolder& folder() { return *folder_; }

private:
  void read_config();
  void add_from_caller();
  void check_console() const;
  void make_state();
  void make_cgroup();
  void launch(const sigset_t& signal_mask);
  void run_early_hooks();
  void write_hook_state(Status status);

  const Settings& settings_;
  const CreateOptions& options_;
  bool start_by_socket_;
  std::string config_text_;
  spec::RuntimeConfig config_;
  std::unique_ptr<Cgroup> cgroup_;
  InitPlan plan_;
  Record record_;
  Fd console_, listener_, hook_state_;
  std::optional<SeccompListener> seccomp_listener_;
  std::optional<StateFolder> folder_;
  std::vector<Guard> guards_; // undone last first
  std::optional<InitProcess> init_;
};

// Bytes of a pid file: digits, nothing else. Relative to the current folder.
void write_pid_file(const std::string& path, pid_t pid);

// --pidfd-socket.
void send_pidfd(const std::string& path, int pidfd);

// process.oomScoreAdj of a process that waits.
void set_oom_score(pid_t pid, const spec::Process& process);

} // namespace oci::runtime
