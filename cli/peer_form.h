// What runc and crun print and exit with where their users' scripts look: help, usage errors, the words of an error.
#pragma once

#include "cli/verbs.h"

#include "base/error.h"

#include <string>

namespace oci::cli {

bool is_runtime_peer(Personality personality); // runc or crun

std::string peer_program_help(const Command& globals, Personality personality);
std::string peer_verb_help(const VerbEntry& entry, const Command& command, Personality personality);

// Go's options: "-bundle b" is "--bundle b", up to the first word.
Words with_two_dashes(Words args, const Command& command, const Command& globals);

// A command that is none of theirs or ours.
Error peer_unknown_verb(Personality personality, const std::string& verb);

// A command line that is wrong: what belongs on standard output is printed; the error to give up with.
Error peer_usage_error(const VerbEntry& entry, const Command& command, Personality personality, const Error& error);

// "run c1: …" as runc says it.
Error in_runc_words(std::string_view verb, const Error& error);

} // namespace oci::cli
