// The part of Go's text/template that scripts hand to `inspect --format`: fields, pipelines, if, range, with,
// variables, and the functions json, index, len, slice, join, lower, upper, title, split, print, println, printf, eq,
// ne, lt, le, gt, ge, not, and, or.
#pragma once

#include "cli/go_values.h"

#include <string>
#include <string_view>

namespace oci::cli {

// Fills `text` with `data`. A field is found by its Go or its JSON name ("CreatedBy" is "created_by"). Throws Error for
// what is no template, and for a field that `data` itself does not have.
std::string fill_go_template(std::string_view text, const Json& data);

} // namespace oci::cli
