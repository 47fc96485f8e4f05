// umoci's command line: what we are when called through a link of that name, and for `oci VERB --image …`.
#pragma once

#include "cli/verbs.h"

#include <span>
#include <string>
#include <string_view>

namespace oci::cli {

struct UmociVerb {
  std::string_view name; // "raw unpack" is one of raw's
  std::string_view alias;
  std::string_view category; // "image", "layout"
  std::string_view usage;    // what follows the name
  std::string_view summary;
  MakeVerb make;
};
std::span<const UmociVerb> umoci_verbs();

bool is_umoci_line(int argc, char** argv);
int umoci_main(int argc, char** argv);

// umoci_help.cc
std::string umoci_help(const Command& globals);
std::string umoci_raw_help();
std::string umoci_verb_help(const UmociVerb& verb, const Command& command);

} // namespace oci::cli
