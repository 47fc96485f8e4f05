#include "fetch/convert.h"
#include "fetch/copy_blobs.h"
#include "fetch/documents.h"
#include "fetch/open_image.h"

namespace oci::fetch {

spec::RawBlob look_at_top(const spec::ImageName& name, const CopyOptions& options) {
  const Fd scratch = open_scratch(options);
  const auto progress = silent_progress();
  return top_document(*open_image(name, options, scratch.get(), *progress));
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
    if (kind == spec::DocumentKind::schema1) fail(shown, ": docker's schema 1 manifests are not supported");
    if (kind == spec::DocumentKind::manifest) break;
    seen.image = instance_document(*source, choose_instance(spec::parse_index(seen.image.bytes, shown), wanted));
  }
  seen.manifest = spec::parse_manifest(seen.image.bytes, cat("manifest ", seen.image.digest.text()));
  seen.config = fetch_text(*source, seen.manifest.config, "config");
  return seen;
}

} // namespace oci::fetch
