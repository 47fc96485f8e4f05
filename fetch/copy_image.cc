// One image of a copy: what is to become of it, its layers, its configuration, its manifest.
#include "base/hash.h"
#include "fetch/copy_state.h"

namespace oci::fetch {
namespace {

using spec::media::Compression;
using Place = ImageDestination::Place;

std::string_view word(Compression compression) {
  return compression == Compression::none ? "no compression" : compression == Compression::gzip ? "gzip" : "zstd";
}

} // namespace

spec::Descriptor describe(const spec::RawBlob& document, DocumentForm form, bool is_index) {
  spec::Descriptor descriptor;
  descriptor.media_type = document.media_type;
  bool known = is_index ? spec::media::is_index(document.media_type) : spec::media::is_manifest(document.media_type);
  if (!known) descriptor.media_type = is_index ? index_type(form) : manifest_type(form);
  descriptor.digest = document.digest;
  descriptor.size = static_cast<std::int64_t>(document.bytes.size());
  return descriptor;
}

bool CopySession::State::takes(std::string_view type) const {
  const auto& types = destination->abilities().manifests;
  return types.empty() || std::find(types.begin(), types.end(), type) != types.end();
}

// "" when the digest may change.
std::string CopySession::State::fixed_because() const {
  if (options.preserve_digests) return "Instructed to preserve digests";
  if (!destination->required_digest().empty()) return "Destination specifies a digest";
  return "";
}

void CopySession::State::note_change(std::string change) {
  if (std::find(changes.begin(), changes.end(), change) == changes.end()) changes.push_back(std::move(change));
}

DocumentForm CopySession::State::form_for(DocumentForm from, bool is_index) const {
  if (options.format != CopyOptions::Format::as_it_is) {
    DocumentForm wanted = options.format == CopyOptions::Format::oci ? DocumentForm::oci : DocumentForm::docker;
    if (!takes(manifest_type(wanted))) {
      fail("destination transport ", destination->abilities().transport, " does not take ",
           is_index ? index_type(wanted) : manifest_type(wanted));
    }
    return wanted;
  }
  bool zstd = options.compression == Compression::zstd && !options.decompress;
  if (zstd && takes(spec::media::oci_manifest)) return DocumentForm::oci;
  if (takes(manifest_type(from))) return from;
  return form_of(destination->abilities().manifests.front());
}

Compression CopySession::State::compression_for(Compression is) const {
  if (options.decompress) return Compression::none;
  switch (destination->abilities().layers) {
  case ImageDestination::Layers::plain:
    return Compression::none;
  case ImageDestination::Layers::as_they_are:
    return options.compression.value_or(is);
  case ImageDestination::Layers::compressed:
    break;
  }
  if (options.compression) return *options.compression;
  return is == Compression::none && fixed_because().empty() ? Compression::gzip : is;
}

void CopySession::State::plan_layers(Plan& plan) const {
  for (const spec::Descriptor& layer : plan.manifest.layers) {
    BlobJob job;
    job.from = layer;
    job.level = options.compression_level;
    if (auto compression = spec::media::layer_compression(layer.media_type)) {
      job.is = *compression;
      job.becomes = compression_for(job.is);
      job.recode = job.is != job.becomes && !(spec::media::is_foreign_layer(layer.media_type) && !layer.urls.empty());
      if (!job.recode) job.becomes = job.is;
      const bool matters = job.recode || destination->abilities().layers == ImageDestination::Layers::plain;
      job.said_plain = job.is == Compression::none && matters;
    }
    if (plan.to != plan.from) (void)layer_type(layer, plan.to, job.becomes); // refused before anything is fetched
    plan.layers.push_back(std::move(job));
  }
}

void CopySession::State::refuse_changes(const Plan& plan) const {
  const std::string reason = fixed_because();
  if (reason.empty() || !plan.changes()) return;
  if (plan.from != plan.to) {
    fail("Manifest must be converted to type \"", manifest_type(plan.to),
         "\" to be written to destination, but we cannot modify it: \"", reason, "\"");
  }
  fail("Copying this image would require changing layer representation, which we cannot do: \"", reason, "\"");
}

CopySession::State::Plan CopySession::State::make_plan(ImageSource& source, const spec::RawBlob& document) {
  const std::string shown = cat("manifest ", document.digest.text());
  Plan plan{.from = DocumentForm::oci, .to = DocumentForm::oci, .manifest = {}, .layers = {}, .config = {}};
  plan.manifest = spec::parse_manifest(document.bytes, shown);
  const std::string& type = document.media_type.empty() ? plan.manifest.media_type : document.media_type;
  plan.from = form_of(type);
  plan.to = form_for(plan.from, false);
  const spec::Descriptor& config = plan.manifest.config;
  bool is_image = config.media_type.empty() || config.media_type == "application/octet-stream" ||
                  spec::media::is_image_config(config.media_type);
  if (!is_image && plan.from != plan.to) {
    fail(shown, ": not a container image but an artifact (", printable(config.media_type, 120),
         "), which cannot be converted");
  }
  plan_layers(plan);
  refuse_changes(plan);
  plan.config = fetch_text(source, config, "config");
  return plan;
}

// Of the jobs, those whose blob is not there yet, each digest once.
void CopySession::State::copy_layers(ImageSource& source, Plan& plan) {
  std::map<Digest, BlobJob*> missing;
  std::vector<spec::Descriptor> wanted;
  std::uint64_t bytes = 0;
  for (BlobJob& job : plan.layers) {
    if (missing.contains(job.from.digest)) continue;
    bool elsewhere = spec::media::is_foreign_layer(job.from.media_type) && !job.from.urls.empty();
    if (elsewhere && destination->abilities().foreign_layers) continue;
    if (auto known = recoded.find({job.from.digest, job.becomes}); job.recode && known != recoded.end()) {
      job.result = known->second;
    } else if (!job.recode && destination->has_blob(job.from)) {
      say(cat("Copying blob ", job.from.digest.text()));
    } else {
      say(cat("Copying blob ", job.from.digest.text()));
      missing[job.from.digest] = &job;
      wanted.push_back(job.from);
      bytes += static_cast<std::uint64_t>(job.from.size);
    }
  }
  if (!wanted.empty()) {
    std::vector<BlobJob*> jobs;
    for (auto& [digest, job] : missing) jobs.push_back(job);
    progress.begin(Progress::Phase::copy, wanted.size(), bytes);
    CopyTaker taker(*destination, std::move(jobs), progress);
    try {
      source.blobs(wanted, taker);
    } catch (...) {
      progress.end();
      throw;
    }
    progress.end();
  }
  for (BlobJob& job : plan.layers) {
    if (auto first = missing.find(job.from.digest); first != missing.end()) job.found_to_be(first->second->is);
    if (!job.recode) continue;
    if (auto first = missing.find(job.from.digest); first != missing.end()) {
      recoded[{job.from.digest, job.becomes}] = *first->second->result;
    }
    job.result = recoded.at({job.from.digest, job.becomes});
    note_change(cat("layers have ", word(job.becomes), " now"));
  }
}

// What is written decompressed has the digest the configuration promises.
void CopySession::State::promise_content(Plan& plan) {
  const auto is_plain = [](const BlobJob& job) {
    return job.becomes == Compression::none && (job.recode || job.said_plain);
  };
  if (std::none_of(plan.layers.begin(), plan.layers.end(), is_plain)) return;
  const std::string shown = cat("config ", plan.manifest.config.digest.text());
  const spec::ImageConfig config = spec::parse_image_config(plan.config, shown);
  if (config.rootfs.diff_ids.size() != plan.layers.size()) {
    fail(shown, ": has ", config.rootfs.diff_ids.size(), " diff_ids for ", plan.layers.size(), " layers");
  }
  for (std::size_t i = 0; i < plan.layers.size(); ++i)
    if (is_plain(plan.layers[i])) plan.layers[i].diff_id = config.rootfs.diff_ids[i];
}

// Those too that were there already.
void CopySession::State::check_content(const Plan& plan) {
  for (const BlobJob& job : plan.layers) {
    const Digest& content = job.recode ? job.result->digest : job.from.digest;
    if (content.algorithm() != job.diff_id.algorithm()) continue;
    with_context(cat("layer ", job.from.digest.text()), [&] { check_diff_id(job.diff_id, content); });
  }
}

void CopySession::State::write_config(Plan& plan) {
  spec::Descriptor& config = plan.manifest.config;
  if (plan.from != plan.to) {
    if (plan.to == DocumentForm::oci) {
      plan.config = oci_config(plan.config, cat("config ", config.digest.text()));
      config.digest = digest_of(plan.config);
      config.size = static_cast<std::int64_t>(plan.config.size());
    }
    config.media_type = config_type(plan.to);
  }
  say(cat("Copying config ", config.digest.text()));
  if (destination->has_blob(config)) return;
  auto blob = destination->begin_blob(&config, ImageDestination::Kind::config);
  blob->write(as_bytes(plan.config));
  blob->commit(config);
}

spec::Descriptor CopySession::State::write_manifest(const spec::RawBlob& document, Plan& plan, Place place,
                                                    const std::string& called) {
  say("Writing manifest to image destination");
  if (!plan.changes()) {
    spec::Descriptor same = describe(document, plan.from, false);
    destination->put_document(same, document.bytes, place, called);
    return same;
  }
  if (plan.from != plan.to) {
    note_change(plan.to == DocumentForm::oci ? "converted to OCI" : "converted to Docker's schema 2");
    plan.manifest.media_type = manifest_type(plan.to);
    if (plan.to == DocumentForm::docker) plan.manifest.annotations.clear();
  }
  for (std::size_t i = 0; i < plan.layers.size(); ++i) {
    const BlobJob& job = plan.layers[i];
    spec::Descriptor& layer = plan.manifest.layers[i];
    if (job.recode || plan.from != plan.to) layer.media_type = layer_type(job.from, plan.to, job.becomes);
    if (!job.recode) continue;
    layer.digest = job.result->digest;
    layer.size = job.result->size;
  }
  spec::RawBlob made{std::string(manifest_type(plan.to)), {}, manifest_text(plan.manifest, plan.to)};
  made.digest = digest_of(made.bytes);
  spec::Descriptor descriptor = describe(made, plan.to, false);
  destination->put_document(descriptor, made.bytes, place, called);
  return descriptor;
}

spec::Descriptor CopySession::State::copy_image(ImageSource& source, const spec::RawBlob& document, Place place,
                                                const std::string& called) {
  say("Getting image source signatures");
  Plan plan = make_plan(source, document);
  promise_content(plan);
  copy_layers(source, plan);
  check_content(plan);
  write_config(plan);
  return write_manifest(document, plan, place, called);
}

} // namespace oci::fetch
