// docker-daemon:NAME[:TAG] or docker-daemon:sha256:ID as a source and a destination: the daemon saves and loads docker
// archives, which pass through a nameless file.
#pragma once

#include "fetch/fetch.h"
#include "fetch/image_source.h"

#include <memory>

namespace oci::fetch {

std::unique_ptr<ImageSource> open_daemon_image(const spec::ImageName& name, const RegistryOptions& options, int scratch,
                                               Progress& progress);

} // namespace oci::fetch
