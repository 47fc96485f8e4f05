#include "unpack/tar_header.h"

#include "base/error.h"
#include "base/text.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace oci::unpack {

namespace {

constexpr std::size_t checksum_at = 148, checksum_size = 8;

std::string_view trim_field(std::string_view field) {
  auto is_filler = [](char c) { return c == ' ' || c == '\0'; };
  while (!field.empty() && is_filler(field.front())) field.remove_prefix(1);
  return field.substr(0, std::min(field.find('\0'), field.size()));
}

std::optional<std::int64_t> octal(std::string_view field) {
  field = trim_field(field);
  while (field.ends_with(' ')) field.remove_suffix(1);
  if (field.empty()) return 0;
  std::optional<std::uint64_t> number = parse_unsigned(field, 8);
  if (!number || *number > INT64_MAX) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

// Two's complement, big endian; the top bit of the first byte marks the form, the next one is the sign.
std::optional<std::int64_t> base256(std::string_view field) {
  bool negative = (field[0] & 0x40) != 0;
  std::uint64_t number = negative ? ~std::uint64_t{0} : 0;
  std::uint64_t overflow = negative ? 0xff : 0;
  for (std::size_t i = 0; i < field.size(); ++i) {
    std::uint64_t byte = static_cast<unsigned char>(field[i]);
    if (i == 0) byte = negative ? byte | 0x80 : byte & 0x7f;
    if (number >> 56 != overflow) return std::nullopt;
    number = number << 8 | byte;
  }
  if ((number >> 63 != 0) != negative) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

} // namespace

bool TarHeader::is_zero() const {
  static constexpr std::array<std::byte, tar_block> zero{};
  return std::memcmp(block.data(), zero.data(), tar_block) == 0;
}

bool TarHeader::checksum_is_right() const {
  std::optional<std::int64_t> stored = octal({text() + checksum_at, checksum_size});
  if (!stored) return false;
  std::int64_t sum = 0, high = 0; // a signed sum takes 256 off each byte of the upper half
  for (std::size_t i = 0; i < tar_block; ++i) {
    bool in_checksum = i - checksum_at < checksum_size;
    unsigned byte = in_checksum ? ' ' : std::to_integer<unsigned>(block[i]);
    sum += byte;
    high += byte >> 7;
  }
  return *stored == sum || *stored == sum - 256 * high;
}

std::string TarHeader::name() const {
  std::string name = string_at(0, 100);
  if (std::memcmp(text() + 257, "ustar\0", 6) != 0) return name; // V7 and GNU have no prefix
  bool star = std::memcmp(text() + 508, "tar\0", 4) == 0;
  std::string prefix = string_at(345, star ? 131 : 155);
  return prefix.empty() ? name : cat(prefix, '/', name);
}

std::string TarHeader::string_at(std::size_t at, std::size_t size) const {
  return std::string(text() + at, ::strnlen(text() + at, size));
}

std::int64_t TarHeader::number_at(std::size_t at, std::size_t size, const char* field) const {
  std::string_view bytes(text() + at, size);
  std::optional<std::int64_t> number = (bytes[0] & 0x80) != 0 ? base256(bytes) : octal(bytes);
  if (!number) fail("tar: ", field, ": not a number in range");
  return *number;
}

std::uint64_t TarHeader::unsigned_at(std::size_t at, std::size_t size, const char* field) const {
  std::int64_t number = number_at(at, size, field);
  if (number < 0) fail("tar: ", field, ": not a number in range");
  return static_cast<std::uint64_t>(number);
}

} // namespace oci::unpack
