// Who judges system calls for SCMP_ACT_NOTIFY: the agent behind linux.seccomp.listenerPath (runtime-spec
// config-linux.md "Seccomp", "The Container Process State").
#pragma once

#include "base/fd.h"
#include "runtime/state.h"
#include "spec/runtime_config.h"

#include <string>
#include <sys/types.h>

namespace oci::runtime {

// The connection and the message that goes with the listener's descriptor; both empty without a listener.
class SeccompListener {
public:
  // Connects. Throws "linux.seccomp.listenerPath: …".
  explicit SeccompListener(const std::string& path);
  int socket() const { return socket_.get(); }
  int message() const { return message_.get(); }
  // Of the process `pid`, known only once it is there.
  void write(const Record& record, Status status, pid_t pid, const std::string& metadata);

private:
  Fd socket_, message_;
};

} // namespace oci::runtime
