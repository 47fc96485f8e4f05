// Compression in the push direction: bytes are written in, what comes of them goes on to the next sink.
#pragma once

#include "base/io.h"
#include "spec/media_types.h"

#include <memory>
#include <optional>

namespace oci::fetch {

class Stage : public Sink {
public:
  virtual void finish() = 0; // what is held back goes on; throws when the input ended too early
};

// `out` must outlive the stage. Not for Compression::none.
std::unique_ptr<Stage> make_decompressor(spec::media::Compression compression, Sink& out);
// level: as the format counts them; nullopt is the format's own default. Throws for one that does not exist.
std::unique_ptr<Stage> make_compressor(spec::media::Compression compression, std::optional<int> level, Sink& out);

} // namespace oci::fetch
