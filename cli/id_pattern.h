// crun's --regex: which containers a regular expression means.
#pragma once

#include "cli/args.h"
#include "runtime/runtime.h"

namespace oci::cli {

// The ids of our containers that `pattern` (extended, POSIX) matches anywhere, in order. Throws for what is none.
Words matching_ids(const runtime::Settings& settings, const std::string& pattern);

} // namespace oci::cli
