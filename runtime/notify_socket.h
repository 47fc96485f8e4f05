// sd_notify(3) from inside: the program's $NOTIFY_SOCKET is a socket of ours in the state folder, bound into the
// container, and its READY=1 is passed on to the socket our own caller gave.
#pragma once

#include "base/fd.h"
#include "runtime/state.h"
#include "spec/runtime_config.h"

#include <string>
#include <sys/types.h>

namespace oci::runtime {

// Puts the mount and the variable into the config of a container whose state folder is at `state_path`.
void add_notify_socket(spec::RuntimeConfig& config, const std::string& state_path);
// The folder that mount shows.
void make_notify_folder(int state_folder);
bool has_notify_folder(int state_folder);

class NotifyRelay {
public:
  // `target` is a path, or "@name" of an abstract socket. Listens from now on. Throws.
  NotifyRelay(int state_folder, std::string target);
  int fd() const { return socket_.get(); }
  // Passes on what has come: true once the program is ready. MAINPID goes first when `pid` is not 0.
  bool pass_on(pid_t pid);
  // Until the program is ready or has ended.
  void wait(int pidfd, pid_t pid);

private:
  void send(const std::string& message) const;
  Fd socket_;
  std::string target_;
};

} // namespace oci::runtime
