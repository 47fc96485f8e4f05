// The socket in the state folder on which a created container's init waits: who connects and sends `start` gets the
// failure back, or nothing but the end, which is the execve.
#pragma once

#include "base/fd.h"
#include "runtime/sync_protocol.h"

#include <optional>
#include <string>

namespace oci::runtime {

// Binds state.h's start_socket in the folder; for init.
Fd listen_for_start(int folder);

struct StartFailure {
  SyncMessage message;
  std::string explanation; // explanation.h
};

// Starts; nullopt when the program was executed, else what failed. Throws "cannot start …" when nobody listens.
std::optional<StartFailure> ask_to_start(int folder, int pidfd);

} // namespace oci::runtime
