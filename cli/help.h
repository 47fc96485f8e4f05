// The text of --help, from the verb table and the declared options.
#pragma once

#include "cli/verbs.h"

#include <string>
#include <string_view>

namespace oci::cli {

// `program`: what we were called as, "oci" or "runc".
std::string program_help(const Command& globals, std::string_view program);
std::string options_help(const Command& command); // a line for each that is not hidden
std::string verb_help(const VerbEntry& entry, const Command& command, std::string_view program);

} // namespace oci::cli
