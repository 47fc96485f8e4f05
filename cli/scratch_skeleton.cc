#include "cli/scratch_skeleton.h"

#include "base/sys.h"
#include "cli/scratch_rootfs.h"
#include "cli/unpack_bundle.h"

#include <array>
#include <cerrno>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

namespace oci::cli {

namespace {

constexpr char prefix[] = "oci-export-", memory_path[] = "/dev/shm";
// Inodes in memory cannot be swapped. More than this is on disk; so is at once what is not likely to be less.
constexpr std::uint64_t most_memory = 64u << 20;
constexpr std::int64_t most_packed = 256 << 20;

// As a file system on disk does. A tmpfs has not had all of them in every kernel.
bool holds_attributes(int folder) {
  constexpr std::array<unsigned char, 28> acl = {2, 0, 0,   0,   1,   0,   7,  0, 255, 255, 255, 255, 4,   0,
                                                 0, 0, 255, 255, 255, 255, 32, 0, 0,   0,   255, 255, 255, 255};
  return ::fsetxattr(folder, "user.oci", "", 0, 0) == 0 &&
         ::fsetxattr(folder, "system.posix_acl_access", acl.data(), acl.size(), 0) == 0;
}

std::optional<TempDir> memory_folder() {
  const Result<Fd> parent = sys::open(memory_path, O_PATH | O_DIRECTORY);
  struct statfs status {};
  if (!parent || ::fstatfs(parent->get(), &status) != 0 || status.f_type != TMPFS_MAGIC) return std::nullopt;
  try {
    TempDir folder(parent->get(), prefix);
    if (holds_attributes(folder.fd())) return folder;
  } catch (const Error&) { // nothing can be made in it
  }
  return std::nullopt;
}

bool is_want_of_room(const Error& error) { return error.error_number() == ENOSPC || error.error_number() == EDQUOT; }

} // namespace

ScratchSkeleton::ScratchSkeleton(spec::Store& store, const std::string& name, const PullFlags& flags)
    : lock_(store.use()), image_(image_to_read(store, name, flags)), made_(make_in_memory(store.layout())) {
  if (!made_) made_ = make_on_disk(store.layout());
}

std::unique_ptr<ScratchSkeleton::Made> ScratchSkeleton::make_in_memory(const spec::Layout& layout) const {
  std::int64_t packed = 0;
  for (const spec::Descriptor& layer : image_.manifest.layers) packed += layer.size;
  if (packed > most_packed) return nullptr;
  std::optional<TempDir> folder = memory_folder();
  if (!folder) return nullptr;
  unpack::Options options = UnpackFlags().options();
  options.stop_fd = stop_.fd();
  options.skeleton_bytes = most_memory;
  try {
    return std::make_unique<Made>(std::move(*folder), layout, image_, options);
  } catch (const Error& error) {
    if (!is_want_of_room(error)) throw;
    return nullptr;
  }
}

std::unique_ptr<ScratchSkeleton::Made> ScratchSkeleton::make_on_disk(const spec::Layout& layout) const {
  unpack::Options options = UnpackFlags().options();
  options.stop_fd = stop_.fd();
  return std::make_unique<Made>(big_scratch_folder(prefix), layout, image_, options);
}

} // namespace oci::cli
