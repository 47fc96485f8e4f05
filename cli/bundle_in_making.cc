#include "cli/bundle_in_making.h"

#include "base/sys.h"

#include <fcntl.h>

namespace oci::cli {

BundleInMaking::BundleInMaking(std::string path)
    : path_(std::move(path)), existed_(sys::fstatat(AT_FDCWD, path_).has_value()), fd_(unpack::make_bundle(path_)) {}

BundleInMaking::~BundleInMaking() {
  if (committed_) return;
  if (rootfs_ids_) {
    try {
      (void)unpack::remove_rootfs(fd_.get(), *rootfs_ids_);
    } catch (const Error&) { // its files are other ids', which cannot be mapped any more
    }
    (void)sys::unlinkat(fd_.get(), "config.json");
  }
  if (!existed_) (void)sys::unlinkat(AT_FDCWD, path_, AT_REMOVEDIR);
}

void BundleInMaking::commit() {
  stop_.check();
  committed_ = true;
}

} // namespace oci::cli
