// linux.netDevices (config-linux.md "Network Devices"): devices of the host that become the container's.
#pragma once

#include "spec/runtime_config.h"

#include <sys/types.h>

namespace oci::runtime {

// Names that the kernel would not take, and devices without a network namespace to take them to.
void check_net_devices(const spec::Linux& config);

// From our network namespace to the one that linux.namespaces names, or else that of process `pid`: with their
// permanent global addresses, and up. All of them are looked for before the first is moved. A name that is taken inside
// is an error.
void move_net_devices(const spec::Linux& config, pid_t pid);

} // namespace oci::runtime
