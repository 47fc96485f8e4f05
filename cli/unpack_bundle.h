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
  bool mtree = false; // the bundle can be packed again
  bool rootless = false, keep_dirlinks = false, keep_labels = false;
  Words uid_maps, gid_maps;
  std::string id_shift;
  std::string max_entries, max_bytes, max_depth, max_header, max_xattr, max_memory;

  void declare(Command& command);
  // Where the bundle goes: the word that named it, or --bundle, or "bundle".
  std::string path(const std::string* word) const;
  // Throws for values that are not understood.
  unpack::Options options() const;

private:
  unpack::Ids ids() const;
  unpack::Limits limits() const;
};

// `request` for a rootfs that was unpacked from `image` with these ids.
specgen::Request bundle_request(specgen::Request request, const spec::ImageConfig& image, const unpack::Ids& ids);

// What the bundle of one image is made with.
struct BundleMaker {
  spec::Store& store;
  const PullFlags& pull;
  const UnpackFlags& unpack;
  ContainerOptions& container;
  std::string path;
  unpack::Options options = unpack.options();

  // Either the whole bundle is at `path` afterwards, or nothing.
  void from_stored(const spec::Image& image);
  // Pulls and unpacks `name` in one pass.
  spec::Image from_pull(const std::string& name);

private:
  void write_config(int bundle, const spec::Image& image);
};

} // namespace oci::cli
