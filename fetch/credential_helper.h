// Programs that keep credentials: docker-credential-NAME (docker/docker-credential-helpers' protocol: a verb, its input
// on stdin, JSON on stdout). A helper is trusted as the auth file that names it is.
#pragma once

#include "fetch/fetch.h"

#include <optional>
#include <string>

namespace oci::fetch {

// The user of an identity token, which stands in the password's place.
inline constexpr std::string_view token_user = "<token>";

// nullopt: it has none for this registry. Throws when it cannot be run or fails otherwise; never with what it printed.
std::optional<Credentials> ask_helper(const std::string& helper, const std::string& registry);
void store_in_helper(const std::string& helper, const std::string& registry, const Credentials& credentials);
void erase_in_helper(const std::string& helper, const std::string& registry);

} // namespace oci::fetch
