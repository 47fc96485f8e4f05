#include "cli/left_containers.h"

#include "base/error.h"
#include "base/log.h"
#include "base/sys.h"
#include "cli/unpack_bundle.h"
#include "unpack/unpack.h"

#include <algorithm>
#include <array>
#include <fts.h>
#include <memory>
#include <set>
#include <sys/file.h>

namespace oci::cli {

namespace {

using FileId = std::pair<dev_t, ino_t>;

// A container has another mount namespace, where its root's path says nothing: the root's number does.
std::set<FileId> roots_in_use() {
  std::set<FileId> roots;
  const Fd proc = check(sys::open("/proc", O_PATH | O_DIRECTORY), "open /proc");
  for (const std::string& name : names_in(proc.get(), ".")) {
    if (!parse_unsigned(name)) continue;
    if (const auto root = sys::fstatat(proc.get(), cat(name, "/root"), 0)) roots.emplace(root->st_dev, root->st_ino);
  }
  return roots;
}

bool is_in_use(const Fd& folder, const std::set<FileId>& roots) {
  if (!sys::flock(folder.get(), LOCK_EX | LOCK_NB)) return true;
  const auto rootfs = sys::fstatat(folder.get(), "rootfs");
  return rootfs && roots.contains({rootfs->st_dev, rootfs->st_ino});
}

void remove_folder(const spec::Store& store, const Fd& folder, const std::string& name) {
  // Its files may be other ids'.
  if (!unpack::remove_rootfs(folder.get(), UnpackFlags().options().ids))
    log::debug("container ", printable(name), ": its rootfs is removed as it is");
  check(remove_tree(store.containers(), name), "remove container ", printable(name));
}

} // namespace

std::uint64_t tree_bytes(int dir, const std::string& name) {
  std::string path = cat("/proc/self/fd/", dir, '/', name);
  std::array<char*, 2> paths{path.data(), nullptr};
  const std::unique_ptr<FTS, int (*)(FTS*)> tree(::fts_open(paths.data(), FTS_PHYSICAL | FTS_XDEV, nullptr),
                                                 ::fts_close);
  std::uint64_t bytes = 0;
  while (const FTSENT* entry = tree ? ::fts_read(tree.get()) : nullptr) {
    constexpr std::uint64_t block = 512;
    const bool counts = entry->fts_info == FTS_F || entry->fts_info == FTS_D;
    if (counts) bytes += static_cast<std::uint64_t>(entry->fts_statp->st_blocks) * block;
  }
  return bytes;
}

void remove_left_containers(const spec::Store& store, Garbage& garbage) {
  const std::vector<std::string> names = names_in(store.state(), "containers");
  if (names.empty()) return;
  const std::set<FileId> roots = roots_in_use();
  for (const std::string& name : names) {
    const auto folder = sys::openat(store.containers(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!folder || is_in_use(*folder, roots)) continue;
    garbage.remove_by([&] { remove_folder(store, *folder, name); }, tree_bytes(store.containers(), name),
                      cat("container ", printable(name)));
  }
}

} // namespace oci::cli
