#include "cli/layout_gc.h"

#include "base/error.h"
#include "base/sys.h"
#include "spec/media_types.h"
#include "spec/verified_blob.h"

#include <ctime>
#include <dirent.h>
#include <memory>
#include <set>
#include <sys/file.h>

namespace oci::cli {

namespace {

constexpr std::time_t stale_after = 3600; // seconds; writers of other programs do not take our lock

std::vector<spec::Descriptor> children_of(const spec::Layout& layout, const spec::Descriptor& descriptor) {
  if (spec::media::is_index(descriptor.media_type)) {
    spec::Index index = spec::parse_index(spec::read_document(layout, descriptor).bytes, descriptor.digest.text());
    if (index.subject) index.manifests.push_back(*index.subject);
    return index.manifests;
  }
  if (!spec::media::is_manifest(descriptor.media_type)) return {};
  spec::Manifest manifest =
      spec::parse_manifest(spec::read_document(layout, descriptor).bytes, descriptor.digest.text());
  manifest.layers.push_back(manifest.config);
  if (manifest.subject) manifest.layers.push_back(*manifest.subject);
  return manifest.layers;
}

std::set<Digest> reachable(const spec::Layout& layout) {
  std::set<Digest> marked;
  std::vector<spec::Descriptor> left = layout.index().manifests;
  while (!left.empty()) {
    const spec::Descriptor descriptor = std::move(left.back());
    left.pop_back();
    if (!marked.insert(descriptor.digest).second || !layout.has_blob(descriptor)) continue;
    for (spec::Descriptor& child : children_of(layout, descriptor)) left.push_back(std::move(child));
  }
  return marked;
}

std::vector<std::string> names_in(int folder, const std::string& name) {
  const int fd = check(sys::openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), "open ", name).release();
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::fdopendir(fd), ::closedir);
  if (!listing) fail_errno(Errno{errno}, cat("list ", name));
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(listing.get()))
    if (const std::string_view one = entry->d_name; one != "." && one != "..") names.emplace_back(one);
  return names;
}

bool is_stale(int folder, const std::string& name) {
  const auto status = sys::fstatat(folder, name);
  return status && status->st_mtime < std::time(nullptr) - stale_after;
}

void sweep(int blobs, const std::string& algorithm, const std::set<Digest>& marked) {
  const Fd folder = check(sys::openat(blobs, algorithm, O_PATH | O_DIRECTORY | O_NOFOLLOW), "open blobs/", algorithm);
  for (const std::string& name : names_in(blobs, algorithm)) {
    const auto digest = Digest::parse(cat(algorithm, ':', name));
    const bool unused = digest ? !marked.contains(*digest) : name.starts_with(".tmp-") && is_stale(folder.get(), name);
    if (unused) check(remove_tree(folder.get(), name), "remove blobs/", algorithm, '/', name);
  }
}

// umoci's scratch folders, which their makers hold a lock on.
void remove_left_folders(int layout) {
  for (const std::string& name : names_in(layout, ".")) {
    if (!name.starts_with(".umoci-")) continue;
    const auto folder = sys::openat(layout, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (folder && sys::flock(folder->get(), LOCK_EX | LOCK_NB)) check(remove_tree(layout, name), "remove ", name);
  }
}

} // namespace

void collect_garbage(const spec::Layout& layout) {
  with_context(cat("gc ", layout.path()), [&] {
    const FileLock lock = FileLock::take(layout.fd(), "oci-layout", FileLock::Mode::exclusive);
    const std::set<Digest> marked = reachable(layout);
    const Fd blobs = check(sys::openat(layout.fd(), "blobs", O_PATH | O_DIRECTORY | O_NOFOLLOW), "open blobs");
    for (const std::string& algorithm : names_in(layout.fd(), "blobs"))
      if (const auto status = sys::fstatat(blobs.get(), algorithm); status && S_ISDIR(status->st_mode))
        sweep(blobs.get(), algorithm, marked);
    remove_left_folders(layout.fd());
  });
}

} // namespace oci::cli
