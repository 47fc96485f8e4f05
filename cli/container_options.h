// The options of `docker run` that end in config.json, for every verb that makes one.
#pragma once

#include "cli/args.h"
#include "specgen/specgen.h"

namespace oci::cli {

struct ContainerOptions {
  specgen::Request request;
  std::optional<bool> tty;
  bool interactive = false;

  void declare(Command& command);
};

// Generates config.json from `image` and the options for the rootfs in the bundle, and writes it there. Warnings go to
// the log.
void write_bundle_config(int bundle, const std::optional<spec::ImageConfig>& image, specgen::Request request);

} // namespace oci::cli
