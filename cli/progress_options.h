// --progress: the form in which long work is told of on stderr.
#pragma once

#include "cli/args.h"
#include "fetch/progress.h"

#include <memory>
#include <string>

namespace oci::cli {

struct ProgressFlags {
  std::string form; // "" is by what stderr is
  bool quiet = false;

  void declare(Command& command);
  std::unique_ptr<fetch::Progress> make() const; // throws for a form that is none
};

} // namespace oci::cli
