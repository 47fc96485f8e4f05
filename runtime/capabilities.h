// Capabilities by name and number (capabilities(7), runtime-spec config.md "process.capabilities").
#pragma once

#include "spec/runtime_config.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oci::runtime {

// "CAP_CHOWN" is 0. Exact, upper case, with the prefix; nullopt for what is no capability's name.
std::optional<unsigned> capability_number(std::string_view name);

// The highest capability of the running kernel.
unsigned last_capability();

// Those this process has and may give: its permitted ones, bit N for capability N.
std::uint64_t held_capabilities();

struct CapabilityMask {
  std::uint64_t bits = 0;
  std::vector<std::string> unknown; // names that are no capability, or one beyond last_cap: warned about, else ignored
};
CapabilityMask capability_mask(const std::vector<std::string>& names, unsigned last_cap);

struct CapabilitySets {
  std::uint64_t bounding = 0, effective = 0, inheritable = 0, permitted = 0, ambient = 0; // bit N is capability N
};
// The five sets; each unknown name is added once to *unknown.
CapabilitySets capability_sets(const spec::Capabilities& capabilities, unsigned last_cap,
                               std::vector<std::string>* unknown);

} // namespace oci::runtime
