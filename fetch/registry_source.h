// docker://REFERENCE as a source: distribution-spec 1.1, pull. Where it is, and its mirrors, registries.conf says.
#pragma once

#include "fetch/fetch.h"
#include "fetch/image_source.h"

#include <memory>

namespace oci::fetch {

std::unique_ptr<ImageSource> open_registry(const spec::Reference& reference, const PullOptions& options,
                                           Progress& progress);

} // namespace oci::fetch
