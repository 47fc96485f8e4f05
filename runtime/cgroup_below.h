// A cgroup beneath the container's own, for `exec --cgroup`.
#pragma once

#include "runtime/cgroup.h"

#include <string>
#include <sys/types.h>

namespace oci::runtime {

// `place` is "PATH", which is there already beneath the container's cgroup of every controller; of v1 also
// "CONTROLLER[,CONTROLLER]:PATH". Throws "exec --cgroup …".
void join_below(const CgroupNames& names, const std::string& place, pid_t pid);

} // namespace oci::runtime
