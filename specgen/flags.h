// The text of flags: each parser refuses with "<flag> <value>: what is accepted".
#pragma once

#include "base/error.h"
#include "specgen/specgen.h"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace oci::specgen {

template <class... Parts>
[[noreturn]] void refuse(std::string_view flag, std::string_view value, const Parts&... why) {
  throw Error(cat(flag, " ", value.empty() ? "\"\"" : printable(value), ": ", why...));
}

// A decimal number with an optional minus.
std::int64_t parse_integer(std::string_view flag, std::string_view text, std::int64_t min, std::int64_t max);

// "NAME=VALUE" with a name; the value may be empty. `form` names what is accepted: "NAME=VALUE".
std::pair<std::string, std::string> parse_pair(std::string_view flag, std::string_view text,
                                               std::string_view form = "NAME=VALUE");

// An absolute path, cleaned of "//", "." and "..".
std::string parse_absolute_path(std::string_view flag, std::string_view text);

// "0-3,7": what the kernel takes as a list of processors or memory nodes.
void check_cpu_list(std::string_view flag, std::string_view text);

// A signal by name (TERM, SIGTERM, RTMIN+3) or number.
bool is_signal(std::string_view text);

// No flag and no image may bring a NUL into a C string.
bool has_nul(std::string_view text);

} // namespace oci::specgen
