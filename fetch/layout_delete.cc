// An image out of a layout: its entry, and the blobs that nothing else leads to.
#include "fetch/fetch.h"

#include "base/files.h"
#include "base/sys.h"
#include "fetch/layout_entry.h"
#include "spec/reachable.h"

#include <algorithm>

namespace oci::fetch {

Digest delete_from_layout(const spec::ImageName& name, const std::string& shared_blobs) {
  spec::Layout layout = spec::Layout::open(name.path);
  const FileLock lock = FileLock::take(layout.fd(), "oci-layout", FileLock::Mode::exclusive);
  const spec::Descriptor entry = choose_entry(layout.index(), name);
  const auto leads_to = spec::reachable(layout, {&entry, 1});
  layout.update_index([&](spec::Index& index) {
    const auto found = std::find_if(index.manifests.begin(), index.manifests.end(), [&](const spec::Descriptor& one) {
      return one.digest == entry.digest && one.annotations == entry.annotations;
    });
    if (found == index.manifests.end()) return false;
    index.manifests.erase(found);
    return true;
  });
  if (!shared_blobs.empty()) return entry.digest; // other layouts may need them
  const auto kept = spec::reachable(layout, layout.index().manifests);
  for (const auto& [digest, descriptor] : leads_to) {
    if (kept.contains(digest)) continue;
    const Result<void> removed = sys::unlinkat(layout.fd(), layout.blob_path(digest));
    if (!removed && removed.error() != ENOENT) fail_errno(removed.error(), cat("remove blob ", digest.text()));
  }
  return entry.digest;
}

} // namespace oci::fetch
