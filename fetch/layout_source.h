// oci:PATH[:REF] as a source.
#pragma once

#include "fetch/image_source.h"
#include "spec/reference.h"

#include <memory>

namespace oci::fetch {

std::unique_ptr<ImageSource> open_layout(const spec::ImageName& name, const std::string& shared_blobs = "");

} // namespace oci::fetch
