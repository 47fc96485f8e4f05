// Layers' compressions, in process: gzip with several members and the trailer checked (RFC 1952), zstd with several and
// skippable frames (RFC 8878), and xz and bzip2 where a plain tar is said. What is cut short, has junk behind it or
// needs a window above 128 MiB is refused.
#pragma once

#include "base/io.h"
#include "spec/media_types.h"

#include <memory>

namespace oci::unpack {

// Reads from `compressed`, which must outlive the result.
std::unique_ptr<Source> make_decompressor(spec::media::Compression compression, Source& compressed);

} // namespace oci::unpack
