// The destinations by their transports. Each lives in <transport>_destination.cc.
#pragma once

#include "fetch/fetch.h"
#include "fetch/image_destination.h"

#include <memory>

namespace oci::fetch {

// An upload that another try may bring through. Nothing of its blob is in the registry.
class BrokenUpload : public Error {
public:
  using Error::Error;
};

std::unique_ptr<ImageDestination> write_layout(const spec::ImageName& name, const CopyOptions& options);
std::unique_ptr<ImageDestination> write_oci_archive(const spec::ImageName& name, int scratch);
std::unique_ptr<ImageDestination> write_docker_archive(const spec::ImageName& name, const CopyOptions& options,
                                                       int scratch);
std::unique_ptr<ImageDestination> write_dir(const spec::ImageName& name);
std::unique_ptr<ImageDestination> write_registry(const spec::ImageName& name, const CopyOptions& options, int scratch,
                                                 Progress& progress);
std::unique_ptr<ImageDestination> write_docker_daemon(const spec::ImageName& name, const CopyOptions& options,
                                                      int scratch, Progress& progress); // daemon_images.cc

} // namespace oci::fetch
