// What stands beside config.json or is looked up for it, for needs().
#pragma once

#include "specgen/specgen.h"

namespace oci::specgen {

// The file a --tz value names.
std::string time_zone_file(const std::string& zone);

// Programs that --init and --hook look for.
std::vector<std::string> program_names(const Request& request);

} // namespace oci::specgen
