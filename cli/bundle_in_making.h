// A bundle that is either complete at the end or not there: what was made of it is removed by the destructor, also when
// a signal comes.
#pragma once

#include "base/fd.h"
#include "base/stop_signals.h"
#include "unpack/unpack.h"

#include <optional>
#include <string>

namespace oci::cli {

class BundleInMaking {
public:
  explicit BundleInMaking(std::string path); // throws where a rootfs or config.json is already
  BundleInMaking(const BundleInMaking&) = delete;
  BundleInMaking& operator=(const BundleInMaking&) = delete;
  ~BundleInMaking();

  int fd() const { return fd_.get(); }
  const StopSignals& stop() const { return stop_; }
  // The rootfs is ours to remove from now on; before, it is the unpacker's, or somebody else's.
  void has_rootfs(const unpack::Ids& ids) { rootfs_ids_ = ids; }
  void commit(); // throws when a signal came

private:
  StopSignals stop_;
  std::string path_;
  bool existed_;
  Fd fd_;
  std::optional<unpack::Ids> rootfs_ids_; // whose the files are
  bool committed_ = false;
};

} // namespace oci::cli
