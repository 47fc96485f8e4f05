// An image's root file system for as long as it is looked at, in a folder for large temporary files.
#pragma once

#include "base/files.h"
#include "base/stop_signals.h"
#include "cli/pull_options.h"
#include "unpack/unpack.h"

#include <string>

namespace oci::cli {

// The image of the store that `name` stands for, or one to be fetched.
spec::Image image_to_read(spec::Store& store, const std::string& name, const PullFlags& flags);

TempDir big_scratch_folder(const std::string& prefix);

class ScratchRootfs {
public:
  // `name` is an image of the store, or one to be fetched. Gone again with the object, also when a signal comes.
  ScratchRootfs(spec::Store& store, const std::string& name, const PullFlags& flags);
  ScratchRootfs(const ScratchRootfs&) = delete;
  ~ScratchRootfs();

  int fd() const { return rootfs_.get(); }
  int stop_fd() const { return stop_.fd(); }

private:
  StopSignals stop_;
  TempDir folder_;
  unpack::Options options_;
  Fd rootfs_;
};

} // namespace oci::cli
