// What an image's layers make, but for what is in its files, for as long as it takes to write that as a tar. In memory
// where there is room for it, as it is made of inodes alone.
#pragma once

#include "base/files.h"
#include "base/stop_signals.h"
#include "cli/pull_options.h"
#include "unpack/unpack.h"

#include <memory>
#include <string>

namespace oci::cli {

class ScratchSkeleton {
public:
  // `name` is an image of the store, or one to be fetched. Gone again with the object, also when a signal comes.
  ScratchSkeleton(spec::Store& store, const std::string& name, const PullFlags& flags);
  void write(Sink& tar, const unpack::FlatOptions& options) { made_->image.write(tar, options); }

private:
  struct Made {
    Made(TempDir place, const spec::Layout& layout, const spec::Image& layers, const unpack::Options& options)
        : folder(std::move(place)), image(layout, layers, folder.fd(), options) {}
    TempDir folder;
    unpack::FlatImage image;
  };

  std::unique_ptr<Made> make_in_memory(const spec::Layout& layout) const;
  std::unique_ptr<Made> make_on_disk(const spec::Layout& layout) const;

  StopSignals stop_;
  FileLock lock_;
  spec::Image image_;
  std::unique_ptr<Made> made_;
};

} // namespace oci::cli
