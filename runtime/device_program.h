// A device policy as the eBPF program of a v2 cgroup (kernel: Documentation/admin-guide/cgroup-v2.rst, "Device
// controller").
#pragma once

#include "runtime/cgroup_devices.h"

#include <linux/bpf.h>
#include <vector>

namespace oci::runtime {

// Pure.
std::vector<bpf_insn> device_program(const DevicePolicy& policy);

} // namespace oci::runtime
