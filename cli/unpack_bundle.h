// How an image becomes a bundle, for the verbs that make one: unpack, and pull --unpack.
#pragma once

#include "cli/args.h"
#include "cli/container_options.h"
#include "cli/pull_options.h"
#include "spec/store.h"
#include "unpack/unpack.h"

#include <string>

namespace oci::cli {

struct UnpackFlags {
  std::string bundle; // --bundle
  bool rootfs_only = false;

  void declare(Command& command);
  // Where the bundle goes: the word that named it, or --bundle, or "bundle".
  std::string path(const std::string* word) const;
  unpack::Options options() const;
};

// What the bundle of one image is made with.
struct BundleMaker {
  spec::Store& store;
  const PullFlags& pull;
  const UnpackFlags& unpack;
  ContainerOptions& container;
  std::string path;

  // Either the whole bundle is at `path` afterwards, or nothing.
  void from_stored(const spec::Image& image);
  // Pulls and unpacks `name` in one pass.
  spec::Image from_pull(const std::string& name);

private:
  void write_config(int bundle, const spec::Image& image);
};

} // namespace oci::cli
