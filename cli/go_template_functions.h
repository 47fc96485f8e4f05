// What the actions of a template are made of: values as text, truth, members, functions. A part of go_template.h.
#pragma once

#include "base/json.h"

#include <string>
#include <vector>

namespace oci::cli {

std::string template_text(const Json& value); // as Go prints it
bool is_true(const Json& value);
// By the Go or JSON name; nullptr when there is none.
const Json* find_template_field(const Json& value, const std::string& name);
Json call_template_function(const std::string& name, const std::vector<Json>& arguments);

} // namespace oci::cli
