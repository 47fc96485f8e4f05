// Reads a tar stream: V7, ustar, star, GNU (long names, old sparse files) and PAX (with GNU's sparse forms 0.0,
// 0.1, 1.0). Not libarchive's: its converts names by the locale, has fixed limits on extended headers and copies what
// is read; here content is handed on as it lies in the chunks. Names are bytes. It agrees with Go's archive/tar on what
// a member is, and refuses where readers are known to differ.
#pragma once

#include "unpack/chunks.h"
#include "unpack/member.h"
#include "unpack/pax.h"
#include "unpack/tar_header.h"
#include "unpack/unpack.h"

#include <optional>

namespace oci::unpack {

class TarReader {
public:
  TarReader(ChunkSource& source, const Limits& limits) : stream_(source), limits_(limits) {}

  // The next member; what is left of the last one's content is skipped. False at the end of the archive; what the
  // stream holds behind it is not read. Throws for what is no tar.
  bool next(Member& member);

  struct Data {
    std::uint64_t offset = 0; // in the file
    Piece piece;
  };
  // The content of the member that `next` gave: in order, in pieces of any size, holes left out. nullopt at its end.
  std::optional<Data> read_data();

private:
  bool read_header();
  bool at_end_marker();
  void skip_content();
  std::string read_special(const char* what);
  void refuse_global(const PaxHeader& global) const;
  void fill(Member& member, const PaxHeader& pax);
  void set_kind(Member& member);
  void set_device(Member& member) const;
  void set_sparse(Member& member, const PaxHeader& pax);
  std::vector<Extent> read_old_sparse_map();
  std::vector<std::uint64_t> read_sparse_map_1_0();

  ChunkStream stream_;
  Limits limits_;
  TarHeader header_;
  std::uint64_t left_ = 0;                      // stored content not read yet
  std::uint64_t padding_ = 0;                   // behind it
  std::uint64_t offset_ = 0;                    // in the file, of a plain one
  const std::vector<Extent>* sparse_ = nullptr; // the member's
  std::size_t extent_ = 0;
  std::uint64_t extent_done_ = 0;
  std::optional<std::string> long_name_, long_link_;
};

} // namespace oci::unpack
