// An image of schema 1 as one of schema 2.
#pragma once

#include "fetch/image_source.h"

#include <memory>

namespace oci::fetch {

// `document` as `origin` gave it, checked against its digest. The layers are fetched here and now, because what schema
// 2 says of them (sizes, digests of what is in them) schema 1 does not; they are kept in nameless files in `scratch`.
// The new source names that image alone.
std::unique_ptr<ImageSource> as_schema2(ImageSource& origin, const spec::RawBlob& document, int scratch,
                                        Progress& progress);

} // namespace oci::fetch
