#include "runtime/capabilities.h"

#include "spec/capability_names.h"

#include <algorithm>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace oci::runtime {

using spec::capability_names;

std::optional<unsigned> capability_number(std::string_view name) {
  const auto found = std::find(capability_names.begin(), capability_names.end(), name);
  if (found == capability_names.end()) return std::nullopt;
  return static_cast<unsigned>(found - capability_names.begin());
}

// Asked for one by one from the last that we know of: two calls, where /proc/sys/kernel/cap_last_cap takes six.
unsigned last_capability() {
  const auto known = [](unsigned number) { return prctl(PR_CAPBSET_READ, number, 0, 0, 0) >= 0; };
  auto last = static_cast<unsigned>(capability_names.size()) - 1;
  while (last > 0 && !known(last)) --last;
  while (last < 63 && known(last + 1)) ++last;
  return last;
}

std::uint64_t held_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};
  if (syscall(SYS_capget, &header, data) < 0) return 0;
  return std::uint64_t{data[1].permitted} << 32 | data[0].permitted;
}

CapabilityMask capability_mask(const std::vector<std::string>& wanted, unsigned last_cap) {
  CapabilityMask mask;
  for (const std::string& name : wanted) {
    const auto number = capability_number(name);
    if (number && *number <= last_cap)
      mask.bits |= std::uint64_t{1} << *number;
    else
      mask.unknown.push_back(name);
  }
  return mask;
}

CapabilitySets capability_sets(const spec::Capabilities& capabilities, unsigned last_cap,
                               std::vector<std::string>* unknown) {
  const auto bits = [&](const std::vector<std::string>& wanted) {
    CapabilityMask mask = capability_mask(wanted, last_cap);
    for (std::string& name : mask.unknown)
      if (unknown && std::find(unknown->begin(), unknown->end(), name) == unknown->end())
        unknown->push_back(std::move(name));
    return mask.bits;
  };
  return {.bounding = bits(capabilities.bounding),
          .effective = bits(capabilities.effective),
          .inheritable = bits(capabilities.inheritable),
          .permitted = bits(capabilities.permitted),
          .ambient = bits(capabilities.ambient)};
}

} // namespace oci::runtime
