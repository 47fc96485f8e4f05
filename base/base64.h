// Base64 with padding (RFC 4648, 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace oci {

std::string base64_encode(std::string_view bytes);
std::optional<std::string> base64_decode(std::string_view text); // nullopt when it is none

} // namespace oci
