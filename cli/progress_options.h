// --progress: the form in which long work is told of on stderr.
#pragma once

#include "cli/args.h"
#include "fetch/fetch.h"

#include <memory>
#include <string>

namespace oci::cli {

struct ProgressFlags {
  std::string form; // "" is by what stderr is
  bool quiet = false;

  void declare(Command& command);
  // What Ctrl-C ends cleanly. Throws for a form that is none.
  std::unique_ptr<fetch::Progress> make(bool silent = false) const;
};

} // namespace oci::cli
