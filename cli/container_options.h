// The options of `docker run` that end in config.json, for every verb that makes one.
#pragma once

#include "cli/args.h"
#include "specgen/specgen.h"

namespace oci::cli {

struct ContainerOptions {
  specgen::Request request;
  std::optional<bool> tty;
  bool interactive = false;
  std::optional<std::string> engine_name, template_file, patch;
  specgen::FileDefaults file_defaults;
  specgen::Request file_request; // what the file gave, alone

  void declare(Command& command);
  // `base` beneath what `line`, declared by this object and parsed, was given: what may be repeated is added to it,
  // what may not replaces. Returns the names of the flags given.
  std::vector<std::string> put_over(ContainerOptions base, const Command& line);
  // The same with what oci.toml says (container_defaults.h).
  void put_over_defaults(const Command& line);
  // What the container starts from: --template, else --engine, else docker's defaults.
  specgen::Engine engine() const;
};

// config.json from `image` and the options for the root file system; -1: there is none to look users up in. Reads what
// the options name and the host's facts.
specgen::Generated generate_config(const std::optional<spec::ImageConfig>& image, const specgen::Engine& engine,
                                   const ContainerOptions& options, int rootfs);

// Writes it into the bundle, with the files it binds. Warnings go to the log.
void write_generated(int bundle, const specgen::Generated& generated);

// Both for the rootfs in the bundle.
void write_bundle_config(int bundle, const std::optional<spec::ImageConfig>& image, const ContainerOptions& options);

} // namespace oci::cli
