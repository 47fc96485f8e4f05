// The end of a container: what create made is undone, in an order in which a kill in between leaves a state that
// `delete --force` can finish.
#pragma once

#include "runtime/state.h"

#include <vector>

namespace oci::runtime {

// From the config in the state folder.
std::vector<spec::Hook> poststop_hooks(const StateFolder& folder);

// The id of the mount that `path` is on; 0 when it cannot be looked at.
std::uint64_t mount_of(const std::string& path);
// Takes the cover of rootfs away with all that is mounted on it. One that is not there yet, or no more, is no error:
// what it lay on, an engine's own mount perhaps, is never touched.
void uncover(const Record& record);

// Cgroup, mounts, state; then the hooks. The lock is held, the container's init has ended.
void remove_locked(StateFolder& folder, const Record& record, const std::vector<spec::Hook>& poststop);

} // namespace oci::runtime
