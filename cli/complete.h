// What can stand at the end of a line that is being typed; the shells' scripts (verb_completion.cc) ask by the hidden
// verb `__complete`.
#pragma once

#include "cli/globals.h"
#include "cli/verbs.h"

namespace oci::cli {

inline constexpr std::string_view complete_verb = "__complete";

// The verb of a line whose last word is being typed; nullptr when that word is the verb, or there is none of that name.
const VerbEntry* verb_being_completed(const Command& globals, const Words& line);

// The candidates, sorted, that begin with the last word of `line`. `command` holds the flags of `entry`; both are
// nullptr where the verb is typed. None where a file or a value is wanted: the shell offers files then.
Words candidates(const VerbEntry* entry, const Command* command, const Command& global_options, const Globals& globals,
                 const Words& line);

} // namespace oci::cli
