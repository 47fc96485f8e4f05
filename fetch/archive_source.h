// oci-archive:FILE[:REF] as a source: a tar of an image layout, compressed or not.
#pragma once

#include "fetch/image_source.h"
#include "spec/reference.h"

#include <memory>

namespace oci::fetch {

// `scratch` is a folder for a decompressed copy, when one is needed.
std::unique_ptr<ImageSource> open_oci_archive(const spec::ImageName& name, int scratch);

} // namespace oci::fetch
