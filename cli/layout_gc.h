// Removes from a layout what no name leads to.
#pragma once

#include "spec/layout.h"

namespace oci::cli {

// Blobs that nothing in index.json leads to, and what interrupted writers left. Waits until nobody changes the layout's
// images. Throws, with nothing removed, when a document cannot be read.
void collect_garbage(const spec::Layout& layout);

} // namespace oci::cli
