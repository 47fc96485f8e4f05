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

// config.json's text from `image` and the options. Users are looked up in the rootfs; -1: there is none. Warnings go to
// the log.
std::string bundle_config_text(int rootfs, const std::optional<spec::ImageConfig>& image, specgen::Request request);
// The same for the bundle's rootfs, written there.
void write_bundle_config(int bundle, const std::optional<spec::ImageConfig>& image, specgen::Request request);

} // namespace oci::cli
