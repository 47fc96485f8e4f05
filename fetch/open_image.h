// A source by its name.
#pragma once

#include "fetch/fetch.h"
#include "fetch/image_source.h"

namespace oci::fetch {

// scratch: a folder for what has to be unpacked to be read; it outlives the source.
std::unique_ptr<ImageSource> open_image(const spec::ImageName& name, const CopyOptions& options, int scratch,
                                        Progress& progress);

// The folder of CopyOptions::temp_folder.
Fd open_scratch(const CopyOptions& options);

} // namespace oci::fetch
