#include "cli/layout_gc.h"

#include "base/error.h"
#include "base/log.h"
#include "base/sys.h"
#include "spec/reachable.h"

#include <ctime>
#include <dirent.h>
#include <memory>
#include <sys/file.h>

namespace oci::cli {

namespace {

constexpr std::time_t stale_after = 3600; // seconds; writers of other programs do not take our lock

using Reached = std::map<Digest, spec::Descriptor>;

bool is_stale(const struct stat& status) { return status.st_mtime < std::time(nullptr) - stale_after; }

std::uint64_t size_of(const struct stat& status) {
  return S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
}

// Temporary files of writers that did not come to their end.
void sweep_temporary(int dir, const std::string& folder, Garbage& garbage) {
  const Fd fd = check(sys::openat(dir, folder, O_PATH | O_DIRECTORY | O_NOFOLLOW), "open ", folder);
  for (const std::string& name : names_in(dir, folder)) {
    const auto status = sys::fstatat(fd.get(), name);
    if (!name.starts_with(".tmp-") || !status || !is_stale(*status)) continue;
    garbage.remove(fd.get(), name, size_of(*status), cat("temporary file ", name));
  }
}

void sweep_blobs(int blobs, const std::string& algorithm, const Reached& reached, Garbage& garbage) {
  const Fd folder = check(sys::openat(blobs, algorithm, O_PATH | O_DIRECTORY | O_NOFOLLOW), "open blobs/", algorithm);
  for (const std::string& name : names_in(blobs, algorithm)) {
    const auto digest = Digest::parse(cat(algorithm, ':', name));
    if (!digest || reached.contains(*digest)) continue;
    const auto status = sys::fstatat(folder.get(), name);
    garbage.remove(folder.get(), name, status ? size_of(*status) : 0, cat("blob ", digest->text()));
  }
  sweep_temporary(blobs, algorithm, garbage);
}

// umoci's scratch folders, which their makers hold a lock on.
void remove_left_folders(int layout, Garbage& garbage) {
  for (const std::string& name : names_in(layout, ".")) {
    if (!name.starts_with(".umoci-")) continue;
    const auto folder = sys::openat(layout, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (folder && sys::flock(folder->get(), LOCK_EX | LOCK_NB)) garbage.remove(layout, name, 0, cat("folder ", name));
  }
}

} // namespace

void Garbage::remove_by(const std::function<void()>& removal, std::uint64_t bytes, const std::string& shown) {
  if (!dry_run_) removal();
  count_ += 1;
  bytes_ += bytes;
  log::info(dry_run_ ? "would remove " : "removed ", shown, ", ", human_bytes(bytes));
}

void Garbage::remove(int dir, const std::string& name, std::uint64_t bytes, const std::string& shown) {
  remove_by([&] { check(remove_tree(dir, name), "remove ", shown); }, bytes, shown);
}

std::string Garbage::summary() const {
  const std::string things = cat(count_, count_ == 1 ? " thing" : " things");
  if (dry_run_) return cat("would remove ", things, ": ", human_bytes(bytes_));
  return cat("removed ", things, ": ", human_bytes(bytes_), " freed");
}

std::vector<std::string> names_in(int dir, const std::string& name) {
  auto opened = sys::openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!opened && opened.error() == ENOENT) return {};
  const int fd = check(std::move(opened), "open ", name).release();
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::fdopendir(fd), ::closedir);
  if (!listing) fail_errno(Errno{errno}, cat("list ", name));
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(listing.get()))
    if (const std::string_view one = entry->d_name; one != "." && one != "..") names.emplace_back(one);
  return names;
}

void collect_garbage(const spec::Layout& layout, Garbage& garbage) {
  with_context(cat("gc ", layout.path()), [&] {
    const FileLock lock = FileLock::take(layout.fd(), "oci-layout", FileLock::Mode::exclusive);
    const Reached reached = spec::reachable(layout, layout.index().manifests);
    const Fd blobs = check(sys::openat(layout.fd(), "blobs", O_PATH | O_DIRECTORY | O_NOFOLLOW), "open blobs");
    for (const std::string& algorithm : names_in(layout.fd(), "blobs"))
      if (const auto status = sys::fstatat(blobs.get(), algorithm); status && S_ISDIR(status->st_mode))
        sweep_blobs(blobs.get(), algorithm, reached, garbage);
    sweep_temporary(layout.fd(), "blobs", garbage);
    sweep_temporary(layout.fd(), ".", garbage);
    remove_left_folders(layout.fd(), garbage);
  });
}

} // namespace oci::cli
