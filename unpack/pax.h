// The records of a PAX extended header (POSIX pax, "pax Extended Header").
#pragma once

#include "unpack/member.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oci::unpack {

// What the records of one header set. What an unpacker has no use for (names of users, comments, ctime) is left out,
// and a record with an empty value is as if it were not there.
struct PaxHeader {
  std::optional<std::string> path, link_path;
  std::optional<std::uint64_t> size;
  std::optional<std::int64_t> uid, gid;
  std::optional<timespec> mtime, atime;
  std::vector<Xattr> xattrs; // SCHILY.xattr.*; of one name the last counts

  // GNU.sparse.*, forms 0.0, 0.1 and 1.0.
  std::optional<std::uint64_t> sparse_major, sparse_minor, sparse_size;
  std::optional<std::string> sparse_name;
  std::vector<std::uint64_t> sparse_map; // offset, size, offset, size …
  bool sparse() const { return sparse_size.has_value() || !sparse_map.empty() || sparse_major.has_value(); }
};

// Throws for what is not a row of well-formed records.
PaxHeader parse_pax(std::string_view text);

} // namespace oci::unpack
