// remove_tree: iterative and by descriptor. Only the deepest folder is open; the way back up is "..", believed when it
// leads to the folder we came from. So neither depth nor a folder that is moved or replaced meanwhile matters.
#include "base/files.h"
#include "base/sys.h"

#include <array>
#include <cstddef>
#include <dirent.h>
#include <unistd.h>

namespace oci {

namespace {

constexpr std::size_t batch = 1024;         // names of subfolders held for one folder
constexpr int refilled_attempts = 100;      // folders that somebody else puts something into while we empty them
constexpr std::size_t dirent_bytes = 32768; // one getdents64

class TreeRemover {
public:
  explicit TreeRemover(int base) : base_(base), entries_(dirent_bytes) {}

  Result<void> remove(const std::string& name) {
    Result<void> done = enter(name);
    while (done && !levels_.empty()) done = step();
    return done;
  }

private:
  struct Level {
    std::string name;
    dev_t device;
    ino_t inode;
    std::vector<std::string> subfolders; // still to be removed
    bool read_to_end = false;
  };

  int current() const { return levels_.empty() ? base_ : folder_.get(); }

  Result<void> step() {
    Level& level = levels_.back();
    if (!level.subfolders.empty()) {
      std::string name = std::move(level.subfolders.back());
      level.subfolders.pop_back();
      return enter(name);
    }
    return level.read_to_end ? leave() : empty(level);
  }

  Result<void> enter(const std::string& name) {
    Result<Fd> opened = open_folder(name);
    if (!opened && opened.error() == EACCES && make_accessible(name)) opened = open_folder(name);
    if (!opened && opened.error() == EXDEV) return tl::unexpected(Errno{EBUSY});
    if (!opened && (opened.error() == ENOTDIR || opened.error() == ELOOP)) return unlink(name, 0);
    if (!opened && opened.error() == ENOENT) return {};
    if (!opened) return tl::unexpected(opened.error());
    Result<struct stat> status = sys::fstat(opened->get());
    if (!status) return tl::unexpected(status.error());
    if ((status->st_mode & S_IRWXU) != S_IRWXU) (void)sys::fchmod(opened->get(), S_IRWXU);
    folder_ = std::move(*opened);
    levels_.push_back({name, status->st_dev, status->st_ino, {}});
    return {};
  }

  // Never through a mount, bind mounts included.
  Result<Fd> open_folder(const std::string& name) const {
    return sys::openat2(current(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, RESOLVE_NO_XDEV);
  }

  bool make_accessible(const std::string& name) const {
    Result<Fd> folder = sys::openat2(current(), name, O_PATH | O_DIRECTORY | O_NOFOLLOW, RESOLVE_NO_XDEV);
    return folder && ::chmod(cat("/proc/self/fd/", folder->get()).c_str(), S_IRWXU) == 0;
  }

  // Unlinks what is no folder and notes what is, until the end or a full batch.
  Result<void> empty(Level& level) {
    if (::lseek(folder_.get(), 0, SEEK_SET) == -1) return tl::unexpected(Errno{errno});
    while (level.subfolders.size() < batch) {
      ssize_t size = ::getdents64(folder_.get(), entries_.data(), entries_.size());
      if (size < 0) return tl::unexpected(Errno{errno});
      if (size == 0) {
        level.read_to_end = true;
        return {};
      }
      if (Result<void> done = empty_entries(level, static_cast<std::size_t>(size)); !done) return done;
    }
    return {};
  }

  Result<void> empty_entries(Level& level, std::size_t size) {
    for (std::size_t at = 0; at < size;) {
      auto* entry = reinterpret_cast<const dirent64*>(entries_.data() + at);
      at += entry->d_reclen;
      std::string name = entry->d_name;
      if (name == "." || name == "..") continue;
      Result<void> done = entry->d_type == DT_DIR ? tl::unexpected(Errno{EISDIR}) : unlink(name, 0);
      if (!done && done.error() == EISDIR) {
        level.subfolders.push_back(std::move(name));
      } else if (!done) {
        return done;
      }
    }
    return {};
  }

  Result<void> leave() {
    Level left = std::move(levels_.back());
    levels_.pop_back();
    if (!levels_.empty()) {
      Result<Fd> parent = sys::openat(folder_.get(), "..", O_RDONLY | O_DIRECTORY);
      if (!parent) return tl::unexpected(parent.error());
      Result<struct stat> status = sys::fstat(parent->get());
      if (!status) return tl::unexpected(status.error());
      const Level& expected = levels_.back();
      if (status->st_dev != expected.device || status->st_ino != expected.inode) return tl::unexpected(Errno{ESTALE});
      folder_ = std::move(*parent);
    }
    Result<void> removed = unlink(left.name, AT_REMOVEDIR);
    if (!removed && removed.error() == ENOTEMPTY && --attempts_ > 0) return enter(left.name);
    return removed;
  }

  Result<void> unlink(const std::string& name, int flags) const {
    Result<void> done = sys::unlinkat(current(), name, flags);
    if (!done && done.error() == ENOENT) return {};
    return done;
  }

  int base_;
  Fd folder_; // of levels_.back()
  std::vector<Level> levels_;
  std::vector<char> entries_;
  int attempts_ = refilled_attempts;
};

} // namespace

Result<void> remove_tree(int dir, const std::string& name) {
  std::string leaf = base_name(name);
  if (name.empty() || leaf == "." || leaf == ".." || leaf == "/") return tl::unexpected(Errno{EINVAL});
  Result<Fd> parent = sys::openat(dir, parent_path(name), O_PATH | O_DIRECTORY);
  if (!parent && parent.error() == ENOENT) return {};
  if (!parent) return tl::unexpected(parent.error());
  Result<void> unlinked = sys::unlinkat(parent->get(), leaf);
  if (unlinked || unlinked.error() == ENOENT) return {};
  if (unlinked.error() != EISDIR) return unlinked;
  return TreeRemover(parent->get()).remove(leaf);
}

} // namespace oci
