// Writes a tar as layers have them: ustar where everything fits, else with a PAX header; no names of users, whole
// seconds. The same members give the same bytes, which are those of Go's archive/tar.
#pragma once

#include "base/io.h"
#include "unpack/member.h"

#include <cstdint>

namespace oci::unpack {

class TarWriter {
public:
  explicit TarWriter(Sink& out) : out_(out) {}

  // Begins a member; of a file `member.size` bytes must follow. A folder's name ends in "/", but for ".".
  void begin(const Member& member);
  void write(Bytes content); // throws when it is more than was announced
  void end();                // throws when it was less; pads
  void finish();             // the end of the archive

private:
  void write_pax(const Member& member);
  Sink& out_;
  std::uint64_t left_ = 0, size_ = 0;
};

} // namespace oci::unpack
