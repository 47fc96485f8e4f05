#include "unpack/kept_owner.h"

namespace oci::unpack {

namespace {

constexpr char uid_field = 0x08, gid_field = 0x10; // numbers 1 and 2, both varints

void put_varint(std::string& out, std::uint32_t number) {
  for (; number >= 0x80; number >>= 7) out += static_cast<char>((number & 0x7f) | 0x80);
  out += static_cast<char>(number);
}

std::optional<std::uint32_t> take_varint(std::string_view& text) {
  std::uint64_t number = 0;
  for (unsigned shift = 0; shift < 64 && !text.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(text.front());
    text.remove_prefix(1);
    number |= std::uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return number <= UINT32_MAX ? std::optional(static_cast<std::uint32_t>(number)) : std::nullopt;
  }
  return std::nullopt;
}

} // namespace

// In protobuf. As umoci has it, root is said by the id that means nothing, since the user is root.
std::string encode_owner(std::uint32_t uid, std::uint32_t gid) {
  std::string out;
  put_varint(out += uid_field, uid != 0 ? uid : UINT32_MAX);
  put_varint(out += gid_field, gid != 0 ? gid : UINT32_MAX);
  return out;
}

std::optional<KeptOwner> decode_owner(std::string_view value) {
  KeptOwner owner;
  while (!value.empty()) {
    const char field = value.front();
    value.remove_prefix(1);
    const auto number = take_varint(value);
    if (!number || (field != uid_field && field != gid_field)) return std::nullopt;
    (field == uid_field ? owner.uid : owner.gid) = *number != UINT32_MAX ? *number : 0;
  }
  return owner;
}

} // namespace oci::unpack
