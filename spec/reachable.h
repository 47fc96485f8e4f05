// Which blobs of a layout something leads to: indexes, manifests, configs, layers, subjects. In the library spec_blobs.
#pragma once

#include "spec/layout.h"

#include <map>
#include <span>
#include <vector>

namespace oci::spec {

// What a document names; nothing for what is no document. An entry without a media type is told by its content.
// Throws when a document cannot be read or is not what its descriptor says.
std::vector<Descriptor> children_of(const Layout& layout, const Descriptor& descriptor);

// All that `roots` lead to, they included, by digest. What the layout does not have (an index of several platforms may
// be held in part) is named too, but leads nowhere.
std::map<Digest, Descriptor> reachable(const Layout& layout, std::span<const Descriptor> roots);

} // namespace oci::spec
