// Where an image comes from. A source offers the least it has; digests, sizes and documents are checked by who asks
// (pull.cc, copy.cc, blob_taker.h), once and for every source.
#pragma once

#include "fetch/blob_taker.h"
#include "spec/image.h"

#include <span>
#include <string>

namespace oci::fetch {

class ImageSource {
public:
  virtual ~ImageSource() = default;

  // What the name stands for: an image or an index. The digest is the one that was asked for, or empty when only the
  // server's word would stand for it. At most max_document_bytes. Throws with exit code 2 when there is no such image.
  virtual spec::RawBlob top() = 0;
  // A document an index names, as it came.
  virtual std::string document(const spec::Descriptor& descriptor) = 0;
  // How large a blob is of which only the digest is known. Throws where that cannot be told.
  virtual std::int64_t blob_size(const Digest& digest) {
    fail("blob ", digest.text(), ": how large it is cannot be told before it is read");
  }
  // Delivers each of `wanted` (no digest twice) to `taker`. Returns when it has all.
  virtual void blobs(std::span<const spec::Descriptor> wanted, BlobTaker& taker) = 0;
  // Its name in a store.
  virtual std::string store_name() = 0;
};

} // namespace oci::fetch
