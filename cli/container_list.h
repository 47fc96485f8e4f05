// The table of containers, printed by `list` and by `ps` without an id.
#pragma once

#include "cli/globals.h"

#include <string>

namespace oci::cli {

// format: "table" or "json". Throws for another.
void print_containers(const Globals& globals, const std::string& format, bool quiet);

} // namespace oci::cli
