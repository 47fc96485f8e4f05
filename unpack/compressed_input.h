// The compressed bytes that are at hand, for the decompressors.
#pragma once

#include "base/io.h"

#include <vector>

namespace oci::unpack {

class CompressedInput {
public:
  explicit CompressedInput(Source& source) : source_(source), buffer_(128u << 10) {}

  bool refill() { // true when there are bytes
    if (rest_.empty()) rest_ = Bytes(buffer_).first(source_.read(buffer_));
    return !rest_.empty();
  }
  Bytes rest() const { return rest_; }
  void consume(std::size_t count) { rest_ = rest_.subspan(count); }

private:
  Source& source_;
  std::vector<std::byte> buffer_;
  Bytes rest_;
};

} // namespace oci::unpack
