// What a config.json asks for that this machine cannot give.
#pragma once

#include "spec/config_check.h"

#include <string>
#include <vector>

namespace oci::cli {

// `bundle` is where relative sources start. Errors stop the container; warnings are what it would go without.
std::vector<spec::Finding> check_for_host(const spec::RuntimeConfig& config, const std::string& bundle);

} // namespace oci::cli
