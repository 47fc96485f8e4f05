// What the verbs on containers share: settings from the global options, and the options of create and run.
#pragma once

#include "cli/args.h"
#include "cli/globals.h"
#include "runtime/runtime.h"

namespace oci::cli {

runtime::Settings runtime_settings(const Globals& globals);

// Of our environment; "" when it is not there.
std::string caller_variable(const char* name);

// Whole numbers on the command line: "--preserve-fds x: not a number from 0 to 1024".
std::uint64_t parse_number(std::string_view flag, const std::string& text, std::uint64_t least, std::uint64_t most);

struct CreateFlags {
  runtime::CreateOptions options;
  std::optional<std::string> bundle;
  std::string preserve_fds;
  bool no_subreaper = false; // of runc; there is nothing to switch off

  void declare(Command& command);
  runtime::CreateOptions for_id(const std::string& id) const;
};

} // namespace oci::cli
