// Why init could not execute a program, as a person reads it.
#pragma once

#include "runtime/sync_protocol.h"

#include <string>
#include <string_view>

namespace oci::runtime {

// `text` is what the message names. "" for a reason this build does not know.
std::string explain(Reason reason, std::string_view text, std::uint32_t number);

// What init sends after `failed`, ": its interpreter … is missing"; "" when it has nothing to say. Waits a second at
// most.
std::string hear_explanation(int socket);

} // namespace oci::runtime
