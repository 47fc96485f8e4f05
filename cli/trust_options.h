// Whether an image may be taken at all, for the verbs that take some.
#pragma once

#include "cli/args.h"
#include "cli/globals.h"
#include "fetch/fetch.h"

#include <string>

namespace oci::cli {

struct TrustFlags {
  std::string policy;
  bool unchecked = false;

  void declare(Command& command);
  // As skopeo they may stand before the verb too: then `globals` has them.
  fetch::TrustOptions options(const Globals& globals = Globals()) const;
};

} // namespace oci::cli
