// docker-archive:FILE[:REFERENCE] as a destination: what `docker load` reads, with the links and files that dockers
// before 1.10 want (moby's image/spec/v1.2).
#include "base/hash.h"
#include "base/sys.h"
#include "fetch/destinations.h"
#include "fetch/docker_archive_writer.h"

#include <map>
#include <set>

namespace oci::fetch {

class DockerArchiveWriter::Blob final : public DestinationBlob {
public:
  Blob(DockerArchiveWriter& archive, std::unique_ptr<TarWriter::Member> member, ImageDestination::Kind kind)
      : archive_(archive), member_(std::move(member)), is_config_(kind == ImageDestination::Kind::config) {}
  void write(Bytes bytes) override {
    member_->write(bytes);
    if (is_config_) text_ += as_text(bytes);
  }
  void restart() override {
    member_->restart();
    text_.clear();
  }
  void commit(const spec::Descriptor& content) override {
    member_->commit(cat(content.digest.hex(), is_config_ ? ".json" : ".tar"), 0444);
    archive_.written_.insert(content.digest);
    if (is_config_) archive_.configs_[content.digest] = std::move(text_);
  }

private:
  DockerArchiveWriter& archive_;
  std::unique_ptr<TarWriter::Member> member_;
  bool is_config_;
  std::string text_;
};

std::unique_ptr<DestinationBlob> DockerArchiveWriter::begin_blob(const spec::Descriptor* known,
                                                                 ImageDestination::Kind kind) {
  auto member = known ? tar_.begin(static_cast<std::uint64_t>(known->size)) : tar_.begin();
  return std::make_unique<Blob>(*this, std::move(member), kind);
}

void DockerArchiveWriter::add_image(const spec::Manifest& manifest, const std::vector<spec::Reference>& tags) {
  Json::Array names, layers;
  for (const spec::Reference& tag : tags) names.emplace_back(tag.text());
  for (const spec::Descriptor& layer : manifest.layers) layers.emplace_back(cat(layer.digest.hex(), ".tar"));
  const std::string last = add_legacy_layers(manifest);
  for (const spec::Reference& tag : tags) {
    Json* repository = repositories_.find(tag.name());
    if (!repository) repository = &repositories_.set(tag.name(), Json::Object());
    repository->set(tag.tag, last);
  }
  Json image;
  image.set("Config", cat(manifest.config.digest.hex(), ".json"));
  image.set("RepoTags", std::move(names));
  image.set("Layers", std::move(layers));
  images_.push(std::move(image));
}

// A folder a layer, each naming the one below; the topmost has the configuration. Returns the topmost's id.
std::string DockerArchiveWriter::add_legacy_layers(const spec::Manifest& manifest) {
  std::string parent;
  for (std::size_t i = 0; i < manifest.layers.size(); ++i) {
    bool topmost = i + 1 == manifest.layers.size();
    const spec::Descriptor& layer = manifest.layers[i];
    std::string seed = cat(parent, " ", layer.digest.text(), topmost ? manifest.config.digest.text() : "");
    std::string id(digest_of(seed).hex());
    Json description = topmost ? parse_json(configs_.at(manifest.config.digest), "config") : Json(Json::Object());
    for (const char* key : {"rootfs", "history"}) description.erase(key);
    if (!topmost) description.set("created", "1970-01-01T00:00:00Z");
    description.set("id", id);
    if (!parent.empty()) description.set("parent", parent);
    if (legacy_.insert(id).second) {
      tar_.add_folder(cat(id, "/"));
      tar_.add_link(cat(id, "/layer.tar"), cat("../", layer.digest.hex(), ".tar"));
      tar_.add_file(cat(id, "/VERSION"), "1.0", 0444);
      tar_.add_file(cat(id, "/json"), dump_json(description), 0444);
    }
    parent = std::move(id);
  }
  return parent;
}

void DockerArchiveWriter::finish() {
  tar_.add_file("manifest.json", dump_json(images_), 0444);
  tar_.add_file("repositories", dump_json(repositories_), 0444);
  tar_.finish();
}

namespace {

const ImageDestination::Abilities archive_abilities{.transport = "docker-archive",
                                                    .manifests = {spec::media::docker_manifest},
                                                    .indexes = false,
                                                    .layers = ImageDestination::Layers::plain,
                                                    .foreign_layers = false};

void refuse_to_modify(const std::string& path) {
  Result<struct stat> there = sys::stat(path);
  if (path != "-" && there && S_ISREG(there->st_mode) && there->st_size > 0) {
    fail("write ", path, ": docker-archive doesn't support modifying existing images");
  }
}

class DockerArchiveDestination final : public ImageDestination {
public:
  DockerArchiveDestination(const spec::ImageName& name, const CopyOptions& options, int scratch)
      : file_((refuse_to_modify(name.path), name.path), scratch), archive_(file_.fd(), file_.shown(), scratch) {
    if (name.index) fail("write ", name.text(), ": an image is written by its name, not its number");
    if (name.reference) tags_.push_back(*name.reference);
    tags_.insert(tags_.end(), options.more_tags.begin(), options.more_tags.end());
  }

  const Abilities& abilities() const override { return archive_abilities; }
  bool has_blob(const spec::Descriptor& descriptor) override { return archive_.has(descriptor.digest); }
  std::unique_ptr<DestinationBlob> begin_blob(const spec::Descriptor* known, Kind kind) override {
    return archive_.begin_blob(known, kind);
  }
  void put_document(const spec::Descriptor& descriptor, const std::string& bytes, Place,
                    const std::string& name) override {
    std::vector<spec::Reference> tags = tags_;
    if (tags.empty() && !name.empty()) tags.push_back(spec::Reference::parse(name));
    archive_.add_image(spec::parse_manifest(bytes, descriptor.digest.text()), tags);
  }
  void finish() override {
    archive_.finish();
    file_.publish();
  }

private:
  OutputFile file_;
  DockerArchiveWriter archive_;
  std::vector<spec::Reference> tags_;
};

} // namespace

std::unique_ptr<ImageDestination> write_docker_archive(const spec::ImageName& name, const CopyOptions& options,
                                                       int scratch) {
  return std::make_unique<DockerArchiveDestination>(name, options, scratch);
}

} // namespace oci::fetch
