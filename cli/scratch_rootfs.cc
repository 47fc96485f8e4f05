#include "cli/scratch_rootfs.h"

#include "base/sys.h"
#include "cli/unpack_bundle.h"

namespace oci::cli {

TempDir big_scratch_folder(const std::string& prefix) {
  const std::string parent = big_temp_folder();
  const Fd fd = check(sys::open(parent, O_PATH | O_DIRECTORY), "open ", parent);
  return {fd.get(), prefix};
}

spec::Image image_to_read(spec::Store& store, const std::string& name, const PullFlags& flags) {
  if (auto stored = stored_image(store, name, flags)) return std::move(*stored);
  return pull_image(store, name, flags);
}

ScratchRootfs::ScratchRootfs(spec::Store& store, const std::string& name, const PullFlags& flags)
    : folder_(big_scratch_folder("oci-rootfs-")), options_(UnpackFlags().options()) {
  const FileLock lock = store.use();
  const spec::Image image = image_to_read(store, name, flags);
  options_.stop_fd = stop_.fd();
  unpack::Progress silent;
  unpack::unpack_image(store.layout(), image, folder_.fd(), options_, silent);
  rootfs_ = check(sys::openat(folder_.fd(), "rootfs", O_RDONLY | O_DIRECTORY | O_NOFOLLOW), "open the rootfs");
}

ScratchRootfs::~ScratchRootfs() {
  try {
    (void)unpack::remove_rootfs(folder_.fd(), options_.ids);
  } catch (const Error&) { // its files are other ids', which cannot be mapped any more
  }
}

} // namespace oci::cli
