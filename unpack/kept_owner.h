// Owners that could not be set, kept in an extended attribute (rootlesscontainers.Resource, as umoci has it).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace oci::unpack {

inline constexpr char kept_owner_name[] = "user.rootlesscontainers";

struct KeptOwner {
  std::uint32_t uid = 0, gid = 0;
};

std::string encode_owner(std::uint32_t uid, std::uint32_t gid);
std::optional<KeptOwner> decode_owner(std::string_view value); // nullopt for what is no such value

} // namespace oci::unpack
