// linux.resources.devices as one policy: what the list of rules amounts to, in an order-free form that both cgroup
// versions can be told (runtime-spec config-linux.md "Allowed Device list").
#pragma once

#include "spec/runtime_config.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace oci::runtime {

enum DeviceAccess : unsigned { device_read = 1, device_write = 2, device_mknod = 4, device_all = 7 };

struct DeviceException {
  char type = 'c';                           // or 'b'
  std::optional<std::uint32_t> major, minor; // nullopt: every
  unsigned access = device_all;
  friend bool operator==(const DeviceException&, const DeviceException&) = default;
};

// Everything is allowed (or denied) but the exceptions; no two of them have the same type, major and minor.
struct DevicePolicy {
  bool allow = false;
  std::vector<DeviceException> exceptions;
};

// The rules in order on top of "nothing is allowed", and after them what every container may have: mknod of anything,
// null, zero, full, random, urandom, tty, console, ptmx, pts, net/tun. Throws "linux.resources.devices[2]: …" for a
// rule that takes a part out of what an earlier one gave in whole, which no cgroup v1 can express.
DevicePolicy device_policy(const std::vector<spec::DeviceRule>& rules);

// The line devices.allow and devices.deny take: "c 1:* rwm".
std::string device_line(const DeviceException& exception);

} // namespace oci::runtime
