// The one path every image takes into the store, whatever it comes from.
#include "fetch/archive_source.h"
#include "fetch/daemon_images.h"
#include "fetch/dir_source.h"
#include "fetch/docker_archive_source.h"
#include "fetch/documents.h"
#include "fetch/fetch.h"
#include "fetch/image_source.h"
#include "fetch/intake.h"
#include "fetch/layout_source.h"
#include "fetch/policy.h"
#include "fetch/registry_source.h"
#include "fetch/schema1_source.h"
#include "spec/verified_blob.h"

#include <memory>

namespace oci::fetch {
namespace {

std::unique_ptr<ImageSource> open_source(const spec::Store& store, const spec::ImageName& name,
                                         const PullOptions& options, Progress& progress) {
  switch (name.transport) {
  case spec::Transport::docker:
    return open_registry(*name.reference, options, progress);
  case spec::Transport::oci:
    return open_layout(name);
  case spec::Transport::oci_archive:
    return open_oci_archive(name, store.tmp());
  case spec::Transport::docker_archive:
    return open_docker_archive(name, store.tmp());
  case spec::Transport::docker_daemon:
    return open_daemon_image(name, options.registry, store.tmp(), progress);
  case spec::Transport::dir:
    return open_dir(name);
  }
  fail("images cannot be pulled from ", name.text());
}

// A document the store has is not asked for again.
spec::RawBlob stored_or_fetched(const spec::Store& store, ImageSource& source, const spec::Descriptor& descriptor) {
  if (store.layout().has_blob(descriptor)) {
    try {
      return spec::read_document(store.layout(), descriptor);
    } catch (const Error&) { // damaged: the source's will take its place
    }
  }
  return instance_document(source, descriptor);
}

// From the top document down to the manifest of one image, which may be of schema 1.
spec::RawBlob find_manifest(const spec::Store& store, ImageSource& source, const spec::Platform& wanted) {
  spec::RawBlob document = top_document(source);
  for (std::size_t depth = 0; depth <= spec::max_index_depth; ++depth) {
    std::string shown = cat("manifest ", document.digest.text());
    const spec::DocumentKind kind = spec::document_kind(document.bytes, document.media_type, shown);
    if (kind != spec::DocumentKind::index) return document;
    spec::Index index = spec::parse_index(document.bytes, shown);
    document = stored_or_fetched(store, source, choose_instance(index, wanted));
  }
  fail("indexes within indexes, more than ", spec::max_index_depth, " deep");
}

bool is_schema1(const spec::RawBlob& document) {
  const std::string shown = cat("manifest ", document.digest.text());
  return spec::document_kind(document.bytes, document.media_type, shown) == spec::DocumentKind::schema1;
}

// What can be refused before a byte of a layer is fetched.
void check_manifest(const spec::Manifest& manifest) {
  const spec::Descriptor& config = manifest.config;
  // Old registries say application/octet-stream, or nothing.
  bool unsaid = config.media_type.empty() || config.media_type == "application/octet-stream";
  if (!unsaid && !spec::media::is_image_config(config.media_type)) {
    fail("not a container image but an artifact: its config is ", printable(config.media_type, 120));
  }
  if (config.size > static_cast<std::int64_t>(spec::max_document_bytes)) {
    fail("config ", config.digest.text(), ": larger than ", human_bytes(spec::max_document_bytes));
  }
  for (const spec::Descriptor& layer : manifest.layers) {
    if (!spec::media::layer_compression(layer.media_type)) {
      fail("layer ", layer.digest.text(), ": not a layer but ", printable(layer.media_type, 120));
    }
  }
}

void fetch_blobs(ImageSource& source, const spec::Manifest& manifest, Intake& intake) {
  std::vector<spec::Descriptor> wanted{manifest.config};
  wanted.insert(wanted.end(), manifest.layers.begin(), manifest.layers.end());
  std::vector<spec::Descriptor> missing = intake.missing(wanted);
  if (missing.empty()) return;
  std::uint64_t bytes = 0;
  for (const spec::Descriptor& descriptor : missing) bytes += static_cast<std::uint64_t>(descriptor.size);
  Progress& progress = intake.progress();
  progress.begin(Progress::Phase::download, missing.size(), bytes);
  try {
    source.blobs(missing, intake);
  } catch (...) {
    progress.end();
    throw;
  }
  progress.end();
}

spec::ImageConfig read_config(const spec::Store& store, const spec::Manifest& manifest) {
  std::string shown = cat("config ", manifest.config.digest.text());
  spec::RawBlob blob = spec::read_document(store.layout(), manifest.config);
  spec::ImageConfig config = spec::parse_image_config(blob.bytes, shown);
  if (config.rootfs.diff_ids.size() != manifest.layers.size()) {
    fail(shown, ": has ", config.rootfs.diff_ids.size(), " diff_ids for ", manifest.layers.size(), " layers");
  }
  return config;
}

spec::Platform platform_of(const spec::ImageConfig& config) {
  spec::Platform platform;
  platform.architecture = config.architecture;
  platform.os = config.os;
  platform.os_version = config.os_version;
  platform.os_features = config.os_features;
  platform.variant = config.variant;
  return platform;
}

spec::Descriptor store_manifest(const spec::Store& store, const spec::RawBlob& document,
                                const spec::Manifest& manifest) {
  spec::Descriptor descriptor;
  descriptor.media_type = document.media_type.empty() ? manifest.media_type : document.media_type;
  if (!spec::media::is_manifest(descriptor.media_type)) descriptor.media_type = spec::media::oci_manifest;
  descriptor.digest = document.digest;
  descriptor.size = static_cast<std::int64_t>(document.bytes.size());
  std::unique_ptr<Progress> silent = silent_progress();
  Intake intake(store, *silent);
  if (intake.missing({&descriptor, 1}).empty()) return descriptor;
  intake.copy(descriptor, [&] { return std::make_unique<StringSource>(document.bytes); });
  return descriptor;
}

bool stands_for(const spec::Layout& layout, const std::string& reference, const Digest& digest) {
  std::optional<spec::Descriptor> before = layout.find(reference);
  return before && before->digest == digest;
}

Pulled pull_here(spec::Store& store, const spec::ImageName& name, const PullOptions& options, Progress& progress) {
  check_policy(name, options.trust);
  FileLock in_use = store.use();
  std::unique_ptr<ImageSource> source = open_source(store, name, options, progress);
  spec::RawBlob document = find_manifest(store, *source, options.platform);
  std::unique_ptr<ImageSource> converted;
  if (is_schema1(document)) {
    converted = as_schema2(*source, document, store.tmp(), progress);
    document = top_document(*converted);
    source.swap(converted);
  }
  spec::Manifest manifest = spec::parse_manifest(document.bytes, cat("manifest ", document.digest.text()));
  check_manifest(manifest);
  Intake intake(store, progress, options.observer);
  intake.observer().begin(manifest);
  fetch_blobs(*source, manifest, intake);

  Pulled pulled;
  pulled.reference = source->store_name();
  pulled.platform = platform_of(read_config(store, manifest));
  pulled.manifest = store_manifest(store, document, manifest);
  pulled.blobs_fetched = intake.totals().blobs_fetched;
  pulled.blobs_present = intake.totals().blobs_present;
  pulled.bytes_fetched = intake.totals().bytes_fetched;
  pulled.bytes_present = intake.totals().bytes_present;
  pulled.changed = !stands_for(store.layout(), pulled.reference, pulled.manifest.digest);
  if (pulled.changed) store.layout().tag(pulled.reference, pulled.manifest);
  store.set_last_reference(pulled.reference);
  return pulled;
}

} // namespace

Pulled pull(spec::Store& store, const spec::ImageName& name, const PullOptions& options, Progress& progress) {
  std::string shown = name.transport == spec::Transport::docker ? name.reference->familiar() : name.text();
  return with_context(cat("pull ", printable(shown)), [&] { return pull_here(store, name, options, progress); });
}

} // namespace oci::fetch
