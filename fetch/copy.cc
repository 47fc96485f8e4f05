// One session of copying: from each source's top document down to its images, and up again in the destination.
#include "base/hash.h"
#include "fetch/copy_state.h"
#include "fetch/documents.h"
#include "fetch/open_image.h"
#include "fetch/policy.h"
#include "fetch/retry.h"
#include "fetch/schema1_source.h"

#include <thread>

namespace oci::fetch {
namespace {

using Place = ImageDestination::Place;

std::unique_ptr<ImageDestination> open_destination(const spec::ImageName& name, const CopyOptions& options, int scratch,
                                                   Progress& progress) {
  switch (name.transport) {
  case spec::Transport::oci:
    return write_layout(name, options);
  case spec::Transport::oci_archive:
    return write_oci_archive(name, scratch);
  case spec::Transport::docker_archive:
    return write_docker_archive(name, options, scratch);
  case spec::Transport::dir:
    return write_dir(name);
  case spec::Transport::docker:
    return write_registry(name, options, scratch, progress);
  case spec::Transport::docker_daemon:
    return write_docker_daemon(name, options, scratch, progress);
  }
  fail("images cannot be written to ", name.text());
}

} // namespace

CopySession::State::State(spec::ImageName name, CopyOptions given, Progress& shown)
    : options(std::move(given)), progress(shown), scratch(open_scratch(options)),
      destination(open_destination(name, options, scratch.get(), progress)) {}

std::vector<spec::Descriptor> CopySession::State::chosen_entries(const spec::Index& index) const {
  if (options.which != CopyOptions::Which::one) return index.manifests;
  std::vector<spec::Descriptor> chosen;
  for (const spec::Platform& platform : options.platforms) {
    const spec::Descriptor& entry = choose_instance(index, platform);
    bool again = std::any_of(chosen.begin(), chosen.end(), [&](const auto& one) { return one.digest == entry.digest; });
    if (!again) chosen.push_back(entry);
  }
  return chosen;
}

// What several indexes name, or one several times, is copied once.
spec::Descriptor CopySession::State::copy_instance(ImageSource& source, const spec::Descriptor& entry,
                                                   std::size_t depth) {
  if (const auto known = instances.find(entry.digest); known != instances.end()) return known->second;
  if (instances.size() == spec::max_instances) fail("more than ", spec::max_instances, " images in the lists");
  spec::Descriptor made = copy_document(source, instance_document(source, entry), Place::instance, "", depth);
  instances.emplace(entry.digest, made);
  return made;
}

spec::Descriptor CopySession::State::copy_index(ImageSource& source, const spec::RawBlob& document, Place place,
                                                const std::string& called, std::size_t depth) {
  const std::string shown = cat("index ", document.digest.text());
  say("Getting image list signatures");
  if (!destination->abilities().indexes) {
    fail("destination transport \"", destination->abilities().transport,
         "\" does not support copying multiple images as a group");
  }
  spec::Index index = spec::parse_index(document.bytes, shown);
  DocumentForm from = form_of(document.media_type.empty() ? index.media_type : document.media_type);
  DocumentForm to = form_for(from, true);
  std::vector<spec::Descriptor> entries = chosen_entries(index);
  bool changed = from != to || entries.size() != index.manifests.size();
  if (changed && !fixed_because().empty()) {
    fail("Manifest list must be converted to type \"", index_type(to),
         "\" to be written to destination, but we cannot modify it: \"", fixed_because(), "\"");
  }
  if (entries.size() != index.manifests.size()) note_change("only some platforms are in it");
  const bool with_images = options.which != CopyOptions::Which::index_only;
  say(cat("Copying ", with_images ? entries.size() : 0, " images generated from ", index.manifests.size(),
          " images in list"));
  if (with_images) {
    std::size_t at = 0;
    for (spec::Descriptor& entry : entries) {
      say(cat("Copying image ", entry.digest.text(), " (", ++at, "/", entries.size(), ")"));
      spec::Descriptor made = copy_instance(source, entry, depth + 1);
      changed = changed || made.digest != entry.digest;
      if (made.digest == entry.digest && made.media_type == entry.media_type) continue;
      entry.media_type = made.media_type;
      entry.digest = made.digest;
      entry.size = made.size;
    }
  }
  say("Writing manifest list to image destination");
  spec::RawBlob made = document;
  if (changed) {
    index.manifests = std::move(entries);
    index.media_type = index_type(to);
    made = {std::string(index_type(to)), {}, index_text(index, to)};
    made.digest = digest_of(made.bytes);
  }
  spec::Descriptor descriptor = describe(made, to, true);
  destination->put_document(descriptor, made.bytes, place, called);
  say("Storing list signatures");
  return descriptor;
}

// No destination is given schema 1: it becomes schema 2, and what that then has to become.
spec::Descriptor CopySession::State::copy_schema1(ImageSource& source, const spec::RawBlob& document, Place place,
                                                  const std::string& called) {
  if (const std::string reason = fixed_because(); !reason.empty()) {
    fail("Manifest must be converted to type \"", spec::media::docker_manifest,
         "\" to be written to destination, but we cannot modify it: \"", reason, "\"");
  }
  const std::unique_ptr<ImageSource> converted = as_schema2(source, document, scratch.get(), progress);
  note_change("converted from Docker's schema 1");
  return copy_image(*converted, top_document(*converted), place, called);
}

spec::Descriptor CopySession::State::copy_document(ImageSource& source, const spec::RawBlob& document, Place place,
                                                   const std::string& called, std::size_t depth) {
  const std::string shown = cat("manifest ", document.digest.text());
  if (depth > spec::max_index_depth) fail("indexes within indexes, more than ", spec::max_index_depth, " deep");
  switch (spec::document_kind(document.bytes, document.media_type, shown)) {
  case spec::DocumentKind::schema1:
    return copy_schema1(source, document, place, called);
  case spec::DocumentKind::index:
    return copy_index(source, document, place, called, depth);
  case spec::DocumentKind::manifest:
    break;
  }
  return copy_image(source, document, place, called);
}

// From an index down to the one image that is wanted.
spec::RawBlob CopySession::State::choose(ImageSource& source, spec::RawBlob document) const {
  const spec::Platform wanted = options.platforms.empty() ? spec::host_platform() : options.platforms.front();
  for (std::size_t depth = 0; depth <= spec::max_index_depth; ++depth) {
    const std::string shown = cat("manifest ", document.digest.text());
    if (spec::document_kind(document.bytes, document.media_type, shown) != spec::DocumentKind::index) return document;
    document = instance_document(source, choose_instance(spec::parse_index(document.bytes, shown), wanted));
  }
  fail("indexes within indexes, more than ", spec::max_index_depth, " deep");
}

// An upload cannot be taken up where it broke, and a source not be read from its middle: the image is copied once more,
// without the blobs that are there by then.
spec::Descriptor CopySession::State::copy_patiently(ImageSource& source, const spec::RawBlob& document,
                                                    const std::string& called) {
  for (unsigned failures = 1;; ++failures) {
    try {
      return copy_document(source, document, Place::top, called, 0);
    } catch (const BrokenUpload& error) {
      if (failures > options.destination.retries) throw;
      const auto wait = wait_before_retry(failures, std::nullopt, options.destination.retry_delay);
      progress.note(cat(error.message(), "; trying again in ", (wait->count() + 999) / 1000, " s (", failures, "/",
                        options.destination.retries, ")"));
      std::this_thread::sleep_for(*wait);
    }
  }
}

Copied CopySession::State::copy(const spec::ImageName& name, const std::string& called) {
  changes.clear();
  check_policy(name, options.trust);
  std::unique_ptr<ImageSource> source;
  spec::RawBlob document;
  const auto look = [&] {
    source = open_image(name, options, scratch.get(), progress);
    document = top_document(*source);
  };
  if (options.tells_source) {
    with_context(cat("initializing source ", printable(name.text())), look);
  } else {
    look();
  }
  destination->comes_from(name);
  bool one = options.which == CopyOptions::Which::one && options.platforms.size() <= 1;
  if (one) document = choose(*source, std::move(document));
  Copied copied;
  copied.source = describe(document, DocumentForm::oci, false);
  if (const Digest required = destination->required_digest(); !required.empty() && required != document.digest) {
    fail("the destination is named by ", required.text(), ", but the image is ", document.digest.text());
  }
  copied.manifest = copy_patiently(*source, document, called);
  if (copied.manifest.digest != document.digest) copied.changes = changes;
  return copied;
}

CopySession::CopySession(spec::ImageName destination, CopyOptions options, Progress& progress)
    : state_(std::make_unique<State>(std::move(destination), std::move(options), progress)) {}
CopySession::~CopySession() = default;
Copied CopySession::copy(const spec::ImageName& source, const std::string& name) { return state_->copy(source, name); }
void CopySession::finish() { state_->destination->finish(); }

} // namespace oci::fetch
