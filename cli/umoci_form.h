// How a command line in umoci's form is told from ours: by an option that only umoci has.
#pragma once

#include "cli/args.h"

#include <string_view>

namespace oci::cli {

// `verb --image DIR:TAG …`, `verb --layout DIR`, and `raw …`.
bool is_umoci_form(std::string_view verb, const Words& arguments);

} // namespace oci::cli
