// Where a copied image goes. A destination offers the least it has; digests, sizes and documents are checked by who
// writes to it (copy.cc), once and for every destination. Until finish() nothing of an archive can be seen.
#pragma once

#include "base/io.h"
#include "spec/image.h"
#include "spec/reference.h"

#include <memory>
#include <string>
#include <vector>

namespace oci::fetch {

// A blob being written. Destroyed without commit it leaves nothing.
class DestinationBlob : public Sink {
public:
  virtual void restart() = 0; // from byte 0
  // `content` is what was written, checked by the caller.
  virtual void commit(const spec::Descriptor& content) = 0;
};

class ImageDestination {
public:
  enum class Layers { as_they_are, compressed, plain };
  struct Abilities {
    std::string_view transport;
    std::vector<std::string_view> manifests = {}; // the media types it takes, the best first; none: any
    bool indexes = true;                          // holds several images as one
    Layers layers = Layers::as_they_are;
    bool foreign_layers = true; // by their URLs alone
    bool signatures = false;    // can keep them
  };
  enum class Kind { config, layer };
  // Where a document stands: what the name names, or one of an index.
  enum class Place { top, instance };

  virtual ~ImageDestination() = default;
  virtual const Abilities& abilities() const = 0;
  // The digest it is named by, which a manifest then has to have; empty otherwise.
  virtual Digest required_digest() const { return {}; }
  // Where the next image is from: a destination may have its blobs already, elsewhere.
  virtual void comes_from(const spec::ImageName&) {}
  virtual bool has_blob(const spec::Descriptor& descriptor) = 0;
  // `known`: digest and size, nullptr when they are known only at commit.
  virtual std::unique_ptr<DestinationBlob> begin_blob(const spec::Descriptor* known, Kind kind) = 0;
  // After all blobs (or images) it names. `name` is what a destination of several images calls it, "" for its own.
  virtual void put_document(const spec::Descriptor& descriptor, const std::string& bytes, Place place,
                            const std::string& name) = 0;
  virtual void finish() = 0;
};

} // namespace oci::fetch
