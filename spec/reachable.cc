#include "spec/reachable.h"

#include "base/sys.h"
#include "spec/verified_blob.h"

#include <iterator>
#include <optional>

namespace oci::spec {
namespace {

std::vector<Descriptor> named_by_index(std::string_view text, const std::string& name) {
  Index index = parse_index(text, name);
  if (index.subject) index.manifests.push_back(std::move(*index.subject));
  return std::move(index.manifests);
}

std::vector<Descriptor> named_by_manifest(std::string_view text, const std::string& name) {
  Manifest manifest = parse_manifest(text, name);
  manifest.layers.push_back(std::move(manifest.config));
  if (manifest.subject) manifest.layers.push_back(std::move(*manifest.subject));
  return std::move(manifest.layers);
}

// Something without a media type that may be anything, a layer as well.
std::vector<Descriptor> named_by_unknown(const Layout& layout, const Descriptor& descriptor) {
  if (descriptor.size > static_cast<std::int64_t>(max_document_bytes)) return {};
  const std::string text = read_document(layout, descriptor).bytes;
  if (!trim(text).starts_with('{')) return {};
  const std::string& name = descriptor.digest.text();
  const Json document = parse_json(text, name);
  if (document.find("manifests")) return named_by_index(text, name);
  if (document.find("config") && document.find("layers")) return named_by_manifest(text, name);
  return {};
}

bool is_there(const Layout& layout, const Digest& digest) {
  return sys::fstatat(layout.fd(), layout.blob_path(digest)).has_value();
}

} // namespace

std::vector<Descriptor> children_of(const Layout& layout, const Descriptor& descriptor) {
  const std::string& name = descriptor.digest.text();
  if (descriptor.media_type.empty()) return named_by_unknown(layout, descriptor);
  if (media::is_index(descriptor.media_type)) return named_by_index(read_document(layout, descriptor).bytes, name);
  if (media::is_manifest(descriptor.media_type)) {
    return named_by_manifest(read_document(layout, descriptor).bytes, name);
  }
  return {};
}

std::map<Digest, Descriptor> reachable(const Layout& layout, std::span<const Descriptor> roots) {
  std::map<Digest, Descriptor> reached;
  std::vector<Descriptor> left(roots.begin(), roots.end());
  while (!left.empty()) {
    const Descriptor descriptor = std::move(left.back());
    left.pop_back();
    if (!reached.try_emplace(descriptor.digest, descriptor).second || !is_there(layout, descriptor.digest)) continue;
    std::vector<Descriptor> children = children_of(layout, descriptor);
    left.insert(left.end(), std::make_move_iterator(children.begin()), std::make_move_iterator(children.end()));
  }
  return reached;
}

} // namespace oci::spec
