// The host's devices a request names, for needs().
#pragma once

#include "specgen/specgen.h"

namespace oci::specgen {

std::vector<std::string> device_paths(const Request& request);

} // namespace oci::specgen
