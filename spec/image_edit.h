// An image changed: new config and manifest beside the old ones, which stay as they are. What the documents hold that
// we do not know is kept. A manifest of Docker's becomes OCI's. In the library spec_blobs.
#pragma once

#include "spec/verified_blob.h"

#include <string>
#include <string_view>
#include <vector>

namespace oci::spec {

// From an entry of index.json down to a manifest; one descriptor where the entry is a manifest itself.
using DescriptorWalk = std::vector<Descriptor>;

struct WalkedImage {
  DescriptorWalk walk;
  Image image;
};
WalkedImage walk_to_image(const Layout& layout, const Descriptor& top, const Platform& wanted);

class ImageEdit {
public:
  ImageEdit(const Layout& layout, WalkedImage walked);
  // An image of nothing, for this machine.
  static ImageEdit blank(const Layout& layout, std::string created);

  Manifest manifest;
  ImageConfig config; // with a `config` member

  void add_layer(Descriptor layer, Digest diff_id);
  // Writes the documents, and the indexes on the way to them; returns the new walk, whose first is to be tagged.
  DescriptorWalk commit();

private:
  explicit ImageEdit(const Layout& layout) : layout_(layout) {}
  void write_indexes(const DescriptorWalk& before);

  const Layout& layout_;
  DescriptorWalk walk_;
};

// Of index.json: the names in its order, each once.
std::vector<std::string> names_of(const Index& index);
// Takes the name off; false when there was none.
bool untag(Layout& layout, std::string_view name);

} // namespace oci::spec
