// A fuzz target is one function over one input: it may throw oci::Error, nothing else, and what it accepts must hold
// up.
#pragma once

#include "base/error.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace oci::fuzz {

void target(std::string_view input);

inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

} // namespace oci::fuzz
