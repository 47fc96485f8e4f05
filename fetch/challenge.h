// WWW-Authenticate (RFC 9110, 11.3): what a server asks for.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace oci::fetch {

struct Challenge {
  std::string scheme;                        // lower case: "basic", "bearer"
  std::map<std::string, std::string> params; // names in lower case; the first of a name wins
};

// The challenges of one header value. What cannot be read is left out; never throws but std::bad_alloc.
std::vector<Challenge> parse_challenges(std::string_view header);

} // namespace oci::fetch
