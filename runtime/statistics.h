// What a container has used, as the kernel's cgroup files tell; the form is that of runc's `events --stats`, which
// engines and monitors read.
#pragma once

#include "base/json.h"
#include "runtime/cgroup.h"

namespace oci::runtime {

// The object behind "data". What the machine does not count is 0 or missing.
Json statistics(const Cgroup& cgroup);

} // namespace oci::runtime
