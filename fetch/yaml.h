// YAML as JSON has it: mappings, lists, texts. Reads what people write in configuration files; libyaml stands behind
// it.
#pragma once

#include "base/json.h"

namespace oci::fetch {

// One document. A scalar is a text whatever it looks like, but an empty one without quotes is null: what is a number or
// a truth its reader knows. Throws Error "<name>: line 3: …", also for a mapping with a key twice or a key that is no
// text, and for more than `limits` allow, aliases counted as often as they stand for something.
Json parse_yaml(std::string_view text, std::string_view name, const JsonLimits& limits = {});

} // namespace oci::fetch
