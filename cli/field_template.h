// The part of Go's templates that lists are printed with: "{{.name}}", "{{json .name}}", "{{json .}}", "\t" and "\n".
#pragma once

#include "base/json.h"

#include <string>
#include <string_view>

namespace oci::cli {

// Fills in the members of `object`. Throws for members it does not have, and for the rest of Go's language.
std::string fill_template(std::string_view text, const Json& object);

} // namespace oci::cli
