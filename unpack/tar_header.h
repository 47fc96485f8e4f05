// One 512-byte header block: the fields of POSIX ustar, GNU tar (old sparse files included), star and V7.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace oci::unpack {

inline constexpr std::size_t tar_block = 512;

class TarHeader {
public:
  std::array<std::byte, tar_block> block;

  bool is_zero() const;
  bool checksum_is_right() const; // sums of signed characters are known, too
  char type() const { return text()[156]; }

  // Names are cut at a NUL; the prefix is joined where the format has one.
  std::string name() const;
  std::string link_name() const { return string_at(157, 100); }

  // Octal or GNU's base 256. Throw "tar: <field>: not a number in range".
  std::uint64_t mode() const { return unsigned_at(100, 8, "mode"); }
  std::int64_t uid() const { return number_at(108, 8, "uid"); }
  std::int64_t gid() const { return number_at(116, 8, "gid"); }
  std::uint64_t size() const { return unsigned_at(124, 12, "size"); }
  std::int64_t mtime() const { return number_at(136, 12, "mtime"); }
  std::int64_t device_major() const { return number_at(329, 8, "device major"); }
  std::int64_t device_minor() const { return number_at(337, 8, "device minor"); }

  // GNU's old sparse files (type S): four entries here, then blocks of 21 while `more` is said.
  static constexpr std::size_t sparse_here = 386, sparse_entries_here = 4;
  static constexpr std::size_t sparse_entries_extended = 21;
  bool sparse_more() const { return text()[482] != 0; }
  bool sparse_more_extended() const { return text()[504] != 0; }
  std::uint64_t sparse_real_size() const { return unsigned_at(483, 12, "sparse size"); }
  bool sparse_entry_is_set(std::size_t at) const { return text()[at] != 0; }
  std::uint64_t sparse_offset(std::size_t at) const { return unsigned_at(at, 12, "sparse offset"); }
  std::uint64_t sparse_bytes(std::size_t at) const { return unsigned_at(at + 12, 12, "sparse length"); }

private:
  const char* text() const { return reinterpret_cast<const char*>(block.data()); }
  std::string string_at(std::size_t at, std::size_t size) const;
  std::int64_t number_at(std::size_t at, std::size_t size, const char* field) const;
  std::uint64_t unsigned_at(std::size_t at, std::size_t size, const char* field) const;
};

} // namespace oci::unpack
