#include "cli/bundle_in_making.h"

#include "base/files.h"
#include "base/sys.h"
#include "unpack/unpack.h"

#include <fcntl.h>

namespace oci::cli {

BundleInMaking::BundleInMaking(std::string path)
    : path_(std::move(path)), existed_(sys::fstatat(AT_FDCWD, path_).has_value()), fd_(unpack::make_bundle(path_)) {}

BundleInMaking::~BundleInMaking() {
  if (committed_) return;
  if (has_rootfs_) (void)remove_tree(fd_.get(), "rootfs");
  if (has_rootfs_) (void)sys::unlinkat(fd_.get(), "config.json");
  if (!existed_) (void)sys::unlinkat(AT_FDCWD, path_, AT_REMOVEDIR);
}

void BundleInMaking::commit() {
  stop_.check();
  committed_ = true;
}

} // namespace oci::cli
