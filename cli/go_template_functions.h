// What the actions of a template are made of: values as text, truth, members, functions. A part of go_template.h.
#pragma once

#include "base/json.h"

#include <optional>
#include <string>
#include <vector>

namespace oci::cli {

std::string template_text(const Json& value); // as Go prints it
bool is_true(const Json& value);
// By the Go or JSON name; nullopt when there is none.
std::optional<Json> template_field(const Json& value, const std::string& name);
// "Format" of a time: what template_field gives for it waits for its argument.
bool is_go_method(const Json& value);
Json call_go_method(const Json& method, const Json& argument);
Json call_template_function(const std::string& name, const std::vector<Json>& arguments);

} // namespace oci::cli
