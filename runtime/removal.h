// The end of a container: what create made is undone, in an order in which a kill in between leaves a state that
// `delete --force` can finish.
#pragma once

#include "runtime/state.h"

#include <vector>

namespace oci::runtime {

// From the config in the state folder.
std::vector<spec::Hook> poststop_hooks(const StateFolder& folder);

// A container's mounts on the host, the last first. One that is gone is no error.
void unmount(const std::vector<std::string>& mounts);

// Cgroup, mounts, state; then the hooks. The lock is held, the container's init has ended.
void remove_locked(StateFolder& folder, const Record& record, const std::vector<spec::Hook>& poststop);

} // namespace oci::runtime
