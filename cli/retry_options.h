// How often and when a request is tried again, in skopeo's words.
#pragma once

#include "cli/args.h"
#include "fetch/fetch.h"

namespace oci::cli {

struct RetryFlags {
  std::string times, delay;

  void declare(Command& command);
  // Throws for what is no number or length of time.
  void apply(fetch::RegistryOptions& options) const;
};

} // namespace oci::cli
