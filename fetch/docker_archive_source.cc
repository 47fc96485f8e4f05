#include "fetch/docker_archive_source.h"

#include "base/hash.h"
#include "fetch/layout_entry.h"

#include <algorithm>
#include <map>

namespace oci::fetch {
namespace {

constexpr std::size_t max_manifest_json = 1u << 20;
constexpr std::size_t read_buffer = 256u << 10;

enum class Packing { plain, gzip, zstd, other };

Packing packing_of(Source& source) {
  std::string head(6, '\0');
  std::size_t at = 0;
  while (at < head.size()) {
    std::size_t count = source.read(std::as_writable_bytes(std::span(head)).subspan(at));
    if (count == 0) break;
    at += count;
  }
  if (head.starts_with("\x1f\x8b")) return Packing::gzip;
  if (head.starts_with("\x28\xb5\x2f\xfd")) return Packing::zstd;
  if (head.starts_with("\xfd"
                       "7zXZ") ||
      head.starts_with("BZh"))
    return Packing::other;
  return Packing::plain;
}

struct Hashed {
  Digest digest;
  std::int64_t size = 0;
};

Hashed hash_all(Source& source, std::string_view algorithm = "sha256") {
  Hasher hasher(algorithm);
  Hashed hashed;
  std::vector<std::byte> buffer(read_buffer);
  while (std::size_t count = source.read(buffer)) {
    hasher.update(Bytes(buffer).first(count));
    hashed.size += static_cast<std::int64_t>(count);
  }
  hashed.digest = hasher.finish();
  return hashed;
}

std::string text_of(const Json& image, std::string_view key, std::string_view name) {
  const Json* value = image.find(key);
  const std::string* text = value ? value->as_string() : nullptr;
  if (!text) fail(name, ": ", key, ": missing or no string");
  return *text;
}

std::vector<std::string> texts_of(const Json& image, std::string_view key, std::string_view name) {
  const Json* value = image.find(key);
  if (!value || value->is_null()) return {};
  const Json::Array* array = value->as_array();
  if (!array) fail(name, ": ", key, ": expected an array");
  std::vector<std::string> texts;
  for (const Json& element : *array) {
    if (element.is_null()) continue;
    const std::string* text = element.as_string();
    if (!text) fail(name, ": ", key, ": expected strings");
    texts.push_back(*text);
  }
  return texts;
}

// As docker would read it; nullopt for what is no reference, so that a bad one does not make the archive useless.
std::optional<spec::Reference> as_reference(const std::string& repo_tag) {
  try {
    return spec::Reference::parse(repo_tag);
  } catch (const Error&) {
    return std::nullopt;
  }
}

bool has_tag(const SavedImage& image, const spec::Reference& wanted) {
  return std::any_of(image.repo_tags.begin(), image.repo_tags.end(), [&](const std::string& tag) {
    auto reference = as_reference(tag);
    return reference && reference->text() == wanted.text();
  });
}

std::string tags_in(const std::vector<SavedImage>& images) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < images.size() && i < 20; ++i) {
    names.push_back(images[i].repo_tags.empty() ? cat("@", i) : join(images[i].repo_tags, ", "));
  }
  return printable(join(names, ", "));
}

class DockerArchiveSource final : public ImageSource {
public:
  DockerArchiveSource(TarFile archive, const spec::ImageName& name) : tar_(std::move(archive)) {
    if (!tar_.find("manifest.json")) fail(tar_.path(), ": not a docker-archive: it has no file manifest.json");
    std::string shown = cat("manifest.json of ", tar_.path());
    std::vector<SavedImage> images = parse_saved_images(tar_.read("manifest.json", max_manifest_json), shown);
    image_ = choose_saved_image(images, name);
    wanted_ = name.reference;
    manifest_ = make_manifest();
  }

  spec::RawBlob top() override {
    return {std::string(spec::media::docker_manifest), Digest(), spec::to_text(manifest_)};
  }

  std::string document(const spec::Descriptor& descriptor) override {
    fail("no manifest ", descriptor.digest.text(), " in ", tar_.path());
  }

  void blobs(std::span<const spec::Descriptor> wanted, BlobTaker& taker) override {
    for (const spec::Descriptor& descriptor : wanted) {
      taker.copy(descriptor, [&] { return open(contents_.at(descriptor.digest)); });
    }
  }

  std::string store_name() override {
    if (wanted_) return wanted_->text();
    for (const std::string& tag : image_.repo_tags) {
      if (auto reference = as_reference(tag)) return reference->text();
    }
    return local_name(tar_.path(), "");
  }

private:
  struct Content {
    std::string member;
    bool decompressed = false; // its packing has no media type: it is stored plain
  };

  std::unique_ptr<Source> open(const Content& content) const {
    const TarFile::Member& member = tar_.get(content.member);
    return content.decompressed ? tar_.open_decompressed(member) : tar_.open(member);
  }

  spec::Manifest make_manifest() {
    std::string config = tar_.read(image_.config, spec::max_document_bytes);
    std::string shown = cat("config ", printable(image_.config), " of ", tar_.path());
    std::vector<Digest> diff_ids = spec::parse_image_config(config, shown).rootfs.diff_ids;
    if (diff_ids.size() != image_.layers.size()) {
      fail(shown, ": has ", diff_ids.size(), " diff_ids for ", image_.layers.size(), " layers");
    }
    spec::Manifest manifest;
    manifest.media_type = spec::media::docker_manifest;
    manifest.config.media_type = spec::media::docker_config;
    manifest.config.digest = digest_of(config);
    manifest.config.size = static_cast<std::int64_t>(config.size());
    contents_[manifest.config.digest] = {image_.config};
    for (std::size_t i = 0; i < diff_ids.size(); ++i) manifest.layers.push_back(layer(image_.layers[i], diff_ids[i]));
    return manifest;
  }

  // A plain tar's digest is its diff_id, which the intake checks. Of a packed one both are found by reading it once.
  spec::Descriptor layer(const std::string& name, const Digest& diff_id) {
    const TarFile::Member& member = tar_.get(name);
    Packing packing = packing_of(*tar_.open(member));
    spec::Descriptor descriptor;
    Hashed stored{diff_id, member.size};
    if (packing != Packing::plain) {
      Hashed plain = hash_all(*tar_.open_decompressed(member), diff_id.algorithm());
      if (plain.digest != diff_id) {
        fail("layer ", printable(name), " of ", tar_.path(), ": wrong diff_id: the config says ", diff_id.text(),
             ", its content is ", plain.digest.text());
      }
      stored = packing == Packing::other ? plain : hash_all(*tar_.open(member));
    }
    descriptor.media_type = packing == Packing::gzip   ? spec::media::docker_layer_gzip
                            : packing == Packing::zstd ? spec::media::docker_layer_zstd
                                                       : spec::media::docker_layer;
    descriptor.digest = stored.digest;
    descriptor.size = stored.size;
    contents_[stored.digest] = {name, packing == Packing::other};
    return descriptor;
  }

  TarFile tar_;
  SavedImage image_;
  std::optional<spec::Reference> wanted_;
  std::map<Digest, Content> contents_;
  spec::Manifest manifest_;
};

} // namespace

std::vector<SavedImage> parse_saved_images(std::string_view manifest_json, std::string_view name) {
  Json document = parse_json(manifest_json, name);
  const Json::Array* array = document.as_array();
  if (!array) fail(name, ": expected an array, got ", document.type_name());
  std::vector<SavedImage> images;
  for (const Json& entry : *array) {
    SavedImage image{text_of(entry, "Config", name), texts_of(entry, "RepoTags", name),
                     texts_of(entry, "Layers", name)};
    if (image.layers.size() > spec::max_layers) fail(name, ": more than ", spec::max_layers, " layers");
    images.push_back(std::move(image));
  }
  return images;
}

const SavedImage& choose_saved_image(const std::vector<SavedImage>& images, const spec::ImageName& name) {
  if (images.empty()) throw Error("image not found: manifest.json names none", 2);
  if (name.index) {
    if (*name.index < images.size()) return images[*name.index];
    throw Error(cat("image not found: there is no image ", *name.index, ", only ", images.size()), 2);
  }
  if (!name.reference) {
    if (images.size() == 1) return images.front();
    throw Error("more than one image in the archive, choose an image").with_hint(cat("there are ", tags_in(images)));
  }
  auto found = std::find_if(images.begin(), images.end(), [&](const auto& i) { return has_tag(i, *name.reference); });
  if (found != images.end()) return *found;
  throw Error(cat("image not found: no image has the tag ", name.reference->text()), 2)
      .with_hint(cat("there are ", tags_in(images)));
}

std::unique_ptr<ImageSource> open_docker_archive(const spec::ImageName& name, int scratch) {
  return open_docker_archive(TarFile(name.path, scratch), name);
}

std::unique_ptr<ImageSource> open_docker_archive(TarFile archive, const spec::ImageName& name) {
  return std::make_unique<DockerArchiveSource>(std::move(archive), name);
}

} // namespace oci::fetch
