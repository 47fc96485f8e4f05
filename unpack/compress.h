// Layers' compressions, the other way: deterministic, with nothing of this machine or of the time in it.
#pragma once

#include "base/io.h"
#include "spec/media_types.h"

#include <memory>

namespace oci::unpack {

class Compressor : public Sink {
public:
  virtual void finish() = 0; // once, after the last write
};

// Writes to `out`, which must outlive the result.
std::unique_ptr<Compressor> make_compressor(spec::media::Compression compression, Sink& out);

} // namespace oci::unpack
