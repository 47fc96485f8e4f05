#include "fetch/fetch.h"

#include "base/files.h"
#include "base/sys.h"
#include "fetch/documents.h"
#include "fetch/open_image.h"
#include "fetch/verify_blob.h"
#include "spec/verified_blob.h"

#include <dirent.h>
#include <set>

namespace oci::fetch {

using spec::media::Compression;

// One image from its top document down.
class Verification::Walk {
public:
  Walk(Verification& all, ImageSource& source, const std::string& shown) : all_(all), source_(source), shown_(shown) {}

  void document(const spec::RawBlob& document, std::size_t depth) {
    const std::string& digest = document.digest.text();
    if (!documents_.insert(document.digest).second) return;
    all_.blobs_[document.digest];
    all_.bytes_ += document.bytes.size();
    tell_faults(digest, [&] {
      const std::string name = cat("manifest ", digest);
      switch (spec::document_kind(document.bytes, document.media_type, name)) {
      case spec::DocumentKind::index:
        return index(spec::parse_index(document.bytes, name), digest, depth);
      case spec::DocumentKind::manifest:
        return manifest(spec::parse_manifest(document.bytes, name), digest);
      case spec::DocumentKind::schema1:
        fail(name, ": of docker's schema 1, which says nothing of sizes and of what is in the layers");
      }
    });
  }

private:
  template <class F>
  void tell_faults(const std::string& digest, F&& body) {
    try {
      body();
    } catch (const Error& error) {
      tell(digest, error.message());
    }
  }
  void tell(const std::string& digest, const std::string& text) { all_.faults_.push_back({shown_, digest, text}); }

  void index(const spec::Index& index, const std::string& digest, std::size_t depth) {
    if (depth >= spec::max_index_depth) {
      return tell(digest, cat("indexes within indexes, more than ", spec::max_index_depth, " deep"));
    }
    for (const spec::Descriptor& entry : index.manifests) {
      tell_faults(entry.digest.text(), [&] { document(instance_document(source_, entry), depth + 1); });
    }
  }

  void manifest(const spec::Manifest& manifest, const std::string& digest) {
    all_.images_ += 1;
    begin_progress(manifest);
    const std::vector<Digest> diff_ids = config(manifest, digest);
    const bool is_image = spec::media::is_image_config(manifest.config.media_type);
    for (std::size_t i = 0; i < manifest.layers.size(); ++i) {
      if (is_image) {
        layer(manifest.layers[i], i < diff_ids.size() ? diff_ids[i] : Digest());
      } else {
        blob(manifest.layers[i], BlobUse::other, Compression::none);
      }
    }
    all_.progress_.end();
  }

  // Of what was not read for another image.
  void begin_progress(const spec::Manifest& manifest) {
    std::map<Digest, std::int64_t> pieces{{manifest.config.digest, manifest.config.size}};
    for (const spec::Descriptor& layer : manifest.layers) pieces.emplace(layer.digest, layer.size);
    std::erase_if(pieces, [&](const auto& piece) { return all_.blobs_.contains(piece.first); });
    std::uint64_t bytes = 0;
    for (const auto& [digest, size] : pieces) bytes += static_cast<std::uint64_t>(size);
    all_.progress_.begin(Progress::Phase::verify, pieces.size(), bytes);
  }

  // The diff_ids; empty when the config does not say or is none.
  std::vector<Digest> config(const spec::Manifest& manifest, const std::string& digest) {
    const spec::Descriptor& descriptor = manifest.config;
    std::string text;
    const Seen& seen = blob(descriptor, BlobUse::document, Compression::none, &text);
    if (!seen.fault.empty() || !spec::media::is_image_config(descriptor.media_type)) return {};
    std::vector<Digest> diff_ids;
    tell_faults(descriptor.digest.text(), [&] {
      const std::string name = cat("config ", descriptor.digest.text());
      if (text.empty()) text = fetch_again(descriptor);
      diff_ids = spec::parse_image_config(text, name).rootfs.diff_ids;
      if (diff_ids.size() == manifest.layers.size()) return;
      tell(digest, cat(name, ": has ", diff_ids.size(), " diff_ids for ", manifest.layers.size(), " layers"));
    });
    return diff_ids;
  }

  // A config that several manifests share.
  std::string fetch_again(const spec::Descriptor& descriptor) {
    const auto silent = silent_progress();
    return check_blob(source_, descriptor, BlobUse::document, Compression::none, *silent).text;
  }

  void layer(const spec::Descriptor& descriptor, const Digest& diff_id) {
    const std::string& digest = descriptor.digest.text();
    const auto compression = spec::media::layer_compression(descriptor.media_type);
    if (!compression) tell(digest, cat("blob ", digest, ": not a layer but ", printable(descriptor.media_type, 120)));
    const Seen& seen = blob(descriptor, BlobUse::layer, compression.value_or(Compression::none));
    if (!seen.fault.empty() || !compression) return;
    if (!seen.content_fault.empty()) return tell(digest, cat("blob ", digest, ": ", seen.content_fault));
    if (diff_id.empty() || seen.diff_id.empty() || seen.diff_id == diff_id) return;
    tell(digest, cat("blob ", digest, ": wrong diff_id: its config says ", diff_id.text(), ", its content is ",
                     seen.diff_id.text()));
  }

  const Seen& blob(const spec::Descriptor& descriptor, BlobUse use, Compression compression,
                   std::string* text = nullptr) {
    const auto [place, is_new] = all_.blobs_.try_emplace(descriptor.digest);
    Seen& seen = place->second;
    if (is_new) {
      BlobFacts facts = check_blob(source_, descriptor, use, compression, all_.progress_);
      seen = {facts.fault, facts.content_fault, facts.diff_id};
      if (text) *text = std::move(facts.text);
      if (seen.fault.empty()) all_.bytes_ += static_cast<std::uint64_t>(descriptor.size);
    }
    if (!seen.fault.empty()) tell(descriptor.digest.text(), seen.fault);
    return seen;
  }

  Verification& all_;
  ImageSource& source_;
  const std::string& shown_;
  std::set<Digest> documents_;
};

void Verification::check_image(const spec::ImageName& name, const std::string& shown) {
  const Fd scratch = open_scratch(options_);
  const auto source = open_image(name, options_, scratch.get(), progress_);
  spec::RawBlob top;
  try {
    top = top_document(*source);
  } catch (const Error& error) {
    const bool is_local = name.transport != spec::Transport::docker;
    if (!is_local || error.exit_code() == 2) throw;
    faults_.push_back({shown, "", error.message()});
    return;
  }
  Walk(*this, *source, shown).document(top, 0);
}

namespace {

std::vector<std::string> names_in(int dir, const std::string& folder) {
  const int fd = check(sys::openat(dir, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), "open ", folder).release();
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::fdopendir(fd), ::closedir);
  if (!listing) fail_errno(Errno{errno}, cat("list ", folder));
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(listing.get())) names.emplace_back(entry->d_name);
  return names;
}

// Throws when the content is another.
std::uint64_t check_stored(const spec::Layout& layout, const Digest& digest) {
  spec::Descriptor descriptor;
  descriptor.digest = digest;
  const struct stat status = check(sys::fstatat(layout.fd(), layout.blob_path(digest)), "stat blob ", digest.text());
  descriptor.size = status.st_size;
  const Fd file = layout.open_blob(descriptor);
  const std::string name = cat("blob ", digest.text());
  FdSource source(file.get(), name);
  spec::VerifyingSource verified(source, digest, descriptor.size, name);
  constexpr std::size_t read_buffer = 256u << 10;
  std::vector<std::byte> buffer(read_buffer);
  while (verified.read(buffer) > 0) continue;
  return static_cast<std::uint64_t>(descriptor.size);
}

} // namespace

void Verification::check_other_blobs(const spec::Layout& layout) {
  for (const std::string& algorithm : names_in(layout.fd(), "blobs")) {
    if (algorithm.starts_with('.')) continue;
    for (const std::string& name : names_in(layout.fd(), cat("blobs/", algorithm))) {
      const auto digest = Digest::parse(cat(algorithm, ':', name));
      if (!digest || !blobs_.try_emplace(*digest).second) continue;
      try {
        bytes_ += check_stored(layout, *digest);
      } catch (const Error& error) {
        faults_.push_back({"", digest->text(), error.message()});
      }
    }
  }
}

} // namespace oci::fetch
