// The text of --help, from the verb table and the declared options.
#pragma once

#include "cli/verbs.h"

#include <string>

namespace oci::cli {

std::string program_help(const Command& globals);
std::string options_help(const Command& command); // a line for each that is not hidden
std::string verb_help(const VerbEntry& entry, const Command& command);

} // namespace oci::cli
