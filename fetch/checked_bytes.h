// Digest and size of what a source delivers, against the descriptor that names it.
#pragma once

#include "base/hash.h"
#include "base/io.h"
#include "fetch/blob_taker.h"
#include "spec/image.h"

#include <string>

namespace oci::fetch {

class CheckedBytes {
public:
  // Both outlive it. name: for errors, "blob sha256:…".
  CheckedBytes(const spec::Descriptor& descriptor, const std::string& name);
  void update(Bytes bytes); // throws when there are more than the descriptor says
  std::uint64_t size() const { return size_; }
  void restart();
  void finish(); // throws when it is not what the descriptor names

private:
  const spec::Descriptor& descriptor_;
  const std::string& name_;
  Hasher hasher_;
  std::uint64_t size_ = 0;
};

// All of `source` into the blob, and its commit.
void pour(TakenBlob& blob, Source& source);

} // namespace oci::fetch
