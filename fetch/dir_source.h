// dir:PATH as a source.
#pragma once

#include "fetch/image_source.h"
#include "spec/reference.h"

#include <memory>

namespace oci::fetch {

std::unique_ptr<ImageSource> open_dir(const spec::ImageName& name);

} // namespace oci::fetch
