#include "fetch/convert.h"
#include "fetch/copy_blobs.h"
#include "fetch/documents.h"
#include "fetch/open_image.h"
#include "fetch/schema1.h"

#include <map>
#include <set>

namespace oci::fetch {

namespace {

// The images of an index and of the indexes in it. However often one is named, it is read once.
class Collection {
public:
  explicit Collection(ImageSource& source) : source_(source) {}

  void add(const spec::RawBlob& document, spec::Descriptor descriptor, std::size_t depth = 0) {
    if (depth > spec::max_index_depth) fail("indexes within indexes, more than ", spec::max_index_depth, " deep");
    const std::string shown = cat("manifest ", document.digest.text());
    switch (spec::document_kind(document.bytes, document.media_type, shown)) {
    case spec::DocumentKind::schema1:
      fail(shown, ": of docker's schema 1, which does not say how large its layers are");
    case spec::DocumentKind::manifest:
      return add_image(document, std::move(descriptor));
    case spec::DocumentKind::index:
      break;
    }
    if (!indexes_.insert(document.digest).second) return;
    for (const spec::Descriptor& entry : spec::parse_index(document.bytes, shown).manifests) {
      if (const auto known = images_.find(entry.digest); known != images_.end())
        list(known->second, entry);
      else if (!indexes_.contains(entry.digest))
        add(instance_document(source_, entry), entry, depth + 1);
    }
  }

  std::vector<Instance> take() { return std::move(found_); }

private:
  void add_image(const spec::RawBlob& document, spec::Descriptor descriptor) {
    const spec::Manifest manifest = spec::parse_manifest(document.bytes, cat("manifest ", document.digest.text()));
    Instance image;
    image.layers = manifest.layers.size();
    image.bytes = static_cast<std::uint64_t>(manifest.config.size);
    for (const spec::Descriptor& layer : manifest.layers) image.bytes += static_cast<std::uint64_t>(layer.size);
    if (!descriptor.platform) {
      const spec::ImageConfig config =
          spec::parse_image_config(fetch_text(source_, manifest.config, "config"), "config");
      image.platform.os = config.os;
      image.platform.architecture = config.architecture;
      image.platform.variant = config.variant;
    }
    list(images_[document.digest] = std::move(image), std::move(descriptor));
  }

  void list(Instance image, spec::Descriptor descriptor) {
    if (found_.size() == spec::max_instances) fail("more than ", spec::max_instances, " images in the lists");
    if (descriptor.platform) image.platform = *descriptor.platform;
    image.descriptor = std::move(descriptor);
    found_.push_back(std::move(image));
  }

  ImageSource& source_;
  std::set<Digest> indexes_;
  std::map<Digest, Instance> images_; // as their configurations have them
  std::vector<Instance> found_;
};

// All of its layers, of which it says the digests alone.
void look_at_schema1(LookedAt& seen, const std::string& shown) {
  const std::optional<std::string> payload = schema1_payload(seen.image.bytes, shown);
  const Schema1 image = parse_schema1(payload ? *payload : seen.image.bytes, shown);
  for (const Schema1::Layer& layer : image.layers) {
    spec::Descriptor& one = seen.manifest.layers.emplace_back();
    one.digest = layer.blob;
    one.size = -1;
  }
  seen.config = schema2_config(image, {});
}

} // namespace

std::vector<Instance> look_at_instances(const spec::ImageName& name, const CopyOptions& options) {
  const Fd scratch = open_scratch(options);
  const auto progress = silent_progress();
  const auto source = open_image(name, options, scratch.get(), *progress);
  const spec::RawBlob top = top_document(*source);
  spec::Descriptor descriptor;
  descriptor.media_type = top.media_type;
  descriptor.digest = top.digest;
  descriptor.size = static_cast<std::int64_t>(top.bytes.size());
  Collection images(*source);
  images.add(top, std::move(descriptor));
  return images.take();
}

spec::RawBlob look_at_top(const spec::ImageName& name, const CopyOptions& options) {
  const Fd scratch = open_scratch(options);
  const auto progress = silent_progress();
  return top_document(*open_image(name, options, scratch.get(), *progress));
}

Digest manifest_digest(const std::string& bytes, const std::string& algorithm) {
  return document_digest(bytes, "manifest", algorithm);
}

std::string config_as_oci(const std::string& config) { return oci_config(config, "config"); }

LookedAt look_at(const spec::ImageName& name, const CopyOptions& options) {
  const Fd scratch = open_scratch(options);
  const auto progress = silent_progress();
  const auto source = open_image(name, options, scratch.get(), *progress);
  const spec::Platform wanted = options.platforms.empty() ? spec::host_platform() : options.platforms.front();
  LookedAt seen;
  seen.top = seen.image = top_document(*source);
  for (std::size_t depth = 0;; ++depth) {
    if (depth > spec::max_index_depth) fail("indexes within indexes, more than ", spec::max_index_depth, " deep");
    const std::string shown = cat("manifest ", seen.image.digest.text());
    const spec::DocumentKind kind = spec::document_kind(seen.image.bytes, seen.image.media_type, shown);
    if (kind == spec::DocumentKind::schema1) {
      look_at_schema1(seen, shown);
      return seen;
    }
    if (kind == spec::DocumentKind::manifest) break;
    seen.image = instance_document(*source, choose_instance(spec::parse_index(seen.image.bytes, shown), wanted));
  }
  seen.manifest = spec::parse_manifest(seen.image.bytes, cat("manifest ", seen.image.digest.text()));
  seen.config = fetch_text(*source, seen.manifest.config, "config");
  return seen;
}

} // namespace oci::fetch
