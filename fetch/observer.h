// Who wants to see an image's blobs while they are on their way into the store: an unpacker that does not wait for the
// last byte. All calls come from the thread that pulls.
#pragma once

#include "spec/image.h"

#include <cstdint>

namespace oci::fetch {

class Observer {
public:
  virtual ~Observer() = default;
  // The manifest is known and checked; its blobs follow.
  virtual void begin(const spec::Manifest& /*manifest*/) {}
  // The first `size` bytes of it are in the file `part` (the caller's own, to be duplicated), more follow. They may be
  // an earlier process's, and wrong: only `stored` says that the digest is right.
  virtual void arriving(const Digest& /*digest*/, int /*part*/, std::uint64_t /*size*/) {}
  virtual void grown(const Digest& /*digest*/, std::uint64_t /*size*/) {}
  // It comes once more from its first byte.
  virtual void restarted(const Digest& /*digest*/) {}
  // Whole and verified in the store.
  virtual void stored(const Digest& /*digest*/) {}
  // Called again and again while there is something to wait for. What it throws ends the pull.
  virtual void check() {}
};

} // namespace oci::fetch
