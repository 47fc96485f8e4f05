// Values of a template that are no JSON: Go's structs print without their fields' names, and times have methods. They
// are objects whose first member, under a name JSON of images does not use, says what they are.
#pragma once

#include "base/json.h"

#include <string>
#include <string_view>

namespace oci::cli {

// A struct's fields in their order; `json_skips` are not in its JSON when they are empty.
Json go_struct(Json::Object fields, std::vector<std::string> json_skips = {});
Json go_time(std::string rfc3339);
Json go_nil(std::string text); // of a type that prints so while it is nothing: "map[]", "[]"

bool is_go_struct(const Json& value);
// A time as RFC 3339, nullptr for what is none.
const std::string* as_go_time(const Json& value);
// What a nil prints, nullptr for what is none.
const std::string* as_go_nil(const Json& value);

// As its JSON is: structs without what they skip, times as strings.
Json plain_json(const Json& value);

} // namespace oci::cli
