// Manifests and indexes as a source gives them, checked: digest, size, limits.
#pragma once

#include "fetch/image_source.h"
#include "spec/image.h"

namespace oci::fetch {

// What a document's digest is of: all of it, or of a signed schema 1 what its signatures are of.
Digest document_digest(std::string_view bytes, std::string_view shown, std::string_view algorithm = "sha256");
// What the source's name stands for, with its digest.
spec::RawBlob top_document(ImageSource& source);
// A document an index names.
spec::RawBlob instance_document(ImageSource& source, const spec::Descriptor& descriptor);
// The entry for a platform. Throws with exit code 2 and a hint at what there is.
const spec::Descriptor& choose_instance(const spec::Index& index, const spec::Platform& wanted);

} // namespace oci::fetch
