// libarchive, kept to what is needed: tar without compression, and the decompressors by themselves. Its errors become
// Error.
#pragma once

#include "base/io.h"

#include <cstdint>
#include <memory>
#include <string>

struct archive;
struct archive_entry;

namespace oci::fetch {

// What libarchive reads from.
class ArchiveInput {
public:
  virtual ~ArchiveInput() = default;
  virtual std::size_t read(std::span<std::byte> into) = 0;          // 0 at the end; throws Error
  virtual std::uint64_t skip(std::uint64_t /*bytes*/) { return 0; } // how many it could skip
};

class ArchiveReader {
public:
  enum class Kind {
    tar,        // members, not compressed
    compressed, // one nameless member: the input through none, gzip, zstd, xz or bzip2, one or more
  };
  ArchiveReader(std::unique_ptr<ArchiveInput> input, Kind kind, std::string name);
  ArchiveReader(ArchiveReader&&) = delete;
  ~ArchiveReader();

  // The next member, or nullptr at the end. Valid until the next call.
  archive_entry* next();
  std::uint64_t member_position() const; // where the header of the member read last begins
  std::size_t read(std::span<std::byte> into);
  bool is_compressed() const; // after next()

private:
  struct State;
  [[noreturn]] void fail_here() const;
  std::unique_ptr<State> state_;
};

// The decompressed bytes of `input`; as they are when it is not compressed.
std::unique_ptr<Source> decompress(std::unique_ptr<ArchiveInput> input, std::string name);

} // namespace oci::fetch
