// One blob read where it is, and all said about it re-computed.
#pragma once

#include "fetch/image_source.h"

#include <optional>
#include <string>

namespace oci::fetch {

struct BlobFacts {
  std::string fault;         // why it is not what its descriptor says; "" when it is
  std::string content_fault; // why it cannot be decompressed
  Digest diff_id;            // of what is in it
  std::string text;          // all of it, when that was asked for
};

enum class BlobUse { layer, document, other };

// compression: of a layer. Never throws for what the blob or its source is.
BlobFacts check_blob(ImageSource& source, const spec::Descriptor& descriptor, BlobUse use,
                     spec::media::Compression compression, Progress& progress);

} // namespace oci::fetch
