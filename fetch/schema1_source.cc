#include "fetch/schema1_source.h"

#include "fetch/checked_bytes.h"
#include "fetch/convert.h"
#include "fetch/schema1.h"
#include "fetch/tar_writer.h"
#include "fetch/transcode.h"

#include <algorithm>
#include <map>
#include <unistd.h>

namespace oci::fetch {
namespace {

using spec::media::Compression;

// A layer that was read once.
struct KnownLayer {
  spec::Descriptor descriptor; // as schema 2 has it
  Digest diff_id;
  Fd file;
};

class DigestSink final : public Sink {
public:
  void write(Bytes bytes) override { hasher_.update(bytes); }
  Digest finish() { return hasher_.finish(); }

private:
  Hasher hasher_;
};

// Of a layer of unknown compression: gzip, or none. Its first two bytes tell.
class DiffId {
public:
  void write(Bytes bytes) {
    if (!next_) {
      const std::size_t taken = std::min(bytes.size(), magic.size() - head_.size());
      head_ += as_text(bytes.first(taken));
      bytes = bytes.subspan(taken);
      if (head_.size() < magic.size()) return;
      begin();
    }
    next_->write(bytes);
  }
  Digest finish() {
    if (!next_) begin();
    if (gunzip_) gunzip_->finish();
    return digest_.finish();
  }
  Compression compression() const { return gunzip_ ? Compression::gzip : Compression::none; }

private:
  static constexpr std::string_view magic = "\x1f\x8b";

  void begin() {
    if (head_ == magic) gunzip_ = make_decompressor(Compression::gzip, digest_);
    next_ = gunzip_ ? static_cast<Sink*>(gunzip_.get()) : &digest_;
    next_->write(as_bytes(head_));
  }

  DigestSink digest_;
  std::unique_ptr<Stage> gunzip_;
  Sink* next_ = nullptr;
  std::string head_;
};

class SpooledLayer final : public TakenBlob {
public:
  SpooledLayer(KnownLayer& layer, Progress& progress)
      : layer_(layer), progress_(progress), name_(cat("layer ", layer.descriptor.digest.text())),
        shown_(layer.descriptor.digest.short_hex()), checked_(layer_.descriptor, name_),
        diff_id_(std::make_unique<DiffId>()) {
    progress_.start(shown_, expected(), 0);
  }

  const spec::Descriptor& descriptor() const override { return layer_.descriptor; }
  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return checked_.size(); }

  void write(Bytes bytes) override {
    checked_.update(bytes);
    check(write_all(layer_.file.get(), as_text(bytes)), "write ", name_, " to a temporary file");
    with_context(name_, [&] { diff_id_->write(bytes); });
    progress_.advance(shown_, bytes.size());
  }
  void restart() override {
    checked_.restart();
    diff_id_ = std::make_unique<DiffId>();
    if (::ftruncate(layer_.file.get(), 0) != 0 || ::lseek(layer_.file.get(), 0, SEEK_SET) != 0)
      fail_errno(Errno{errno}, cat("begin ", name_, " anew"));
    progress_.rewind(shown_);
  }
  bool commit() override {
    checked_.finish();
    layer_.diff_id = with_context(name_, [&] { return diff_id_->finish(); });
    layer_.descriptor.media_type =
        diff_id_->compression() == Compression::gzip ? spec::media::docker_layer_gzip : spec::media::docker_layer;
    progress_.done(shown_);
    return true;
  }

private:
  KnownLayer& layer_;
  Progress& progress_;
  std::string name_, shown_;
  CheckedBytes checked_;
  std::unique_ptr<DiffId> diff_id_;
};

class SpoolTaker final : public BlobTaker {
public:
  SpoolTaker(std::map<Digest, KnownLayer>& layers, Progress& progress) : layers_(layers), progress_(progress) {}
  Admission try_admit(const spec::Descriptor& descriptor) override {
    return {State::open, std::make_unique<SpooledLayer>(layers_.at(descriptor.digest), progress_)};
  }
  void copy(const spec::Descriptor& descriptor, const std::function<std::unique_ptr<Source>()>& open) override {
    SpooledLayer blob(layers_.at(descriptor.digest), progress_);
    pour(blob, *open());
  }
  Progress& progress() override { return progress_; }

private:
  std::map<Digest, KnownLayer>& layers_;
  Progress& progress_;
};

// A file from its start, whoever else reads it.
class SpooledSource final : public Source {
public:
  SpooledSource(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}
  std::size_t read(std::span<std::byte> into) override {
    const ssize_t count = ::pread(fd_, into.data(), into.size(), at_);
    if (count < 0) fail_errno(Errno{errno}, cat("read ", name_));
    at_ += count;
    return static_cast<std::size_t>(count);
  }

private:
  int fd_;
  std::string name_;
  off_t at_ = 0;
};

class Schema2Image final : public ImageSource {
public:
  Schema2Image(ImageSource& origin, const spec::RawBlob& document, int scratch, Progress& progress)
      : store_name_(origin.store_name()) {
    const std::string shown = cat("manifest ", document.digest.text());
    const std::optional<std::string> signed_part = schema1_payload(document.bytes, shown);
    const Schema1 image = parse_schema1(signed_part ? *signed_part : document.bytes, shown);
    fetch_layers(origin, image, scratch, progress);
    make_documents(image);
  }

  spec::RawBlob top() override { return {std::string(spec::media::docker_manifest), digest_of(manifest_), manifest_}; }
  std::string document(const spec::Descriptor& descriptor) override {
    fail("manifest ", descriptor.digest.text(), ": schema 1 names no other manifests");
  }
  void blobs(std::span<const spec::Descriptor> wanted, BlobTaker& taker) override {
    for (const spec::Descriptor& descriptor : wanted) {
      taker.check();
      taker.copy(descriptor, [&] { return open(descriptor); });
    }
  }
  std::string store_name() override { return store_name_; }

private:
  void fetch_layers(ImageSource& origin, const Schema1& image, int scratch, Progress& progress) {
    std::vector<spec::Descriptor> wanted;
    std::uint64_t bytes = 0;
    for (const Schema1::Layer& layer : image.layers) {
      if (layer.throwaway || layers_.contains(layer.blob)) continue;
      KnownLayer& known = layers_[layer.blob];
      known.descriptor.digest = layer.blob;
      known.descriptor.size = origin.blob_size(layer.blob);
      known.file = nameless_file(scratch, "a layer");
      bytes += static_cast<std::uint64_t>(known.descriptor.size);
      wanted.push_back(known.descriptor);
    }
    progress.begin(Progress::Phase::download, wanted.size(), bytes);
    SpoolTaker taker(layers_, progress);
    try {
      if (!wanted.empty()) origin.blobs(wanted, taker);
    } catch (...) {
      progress.end();
      throw;
    }
    progress.end();
  }

  void make_documents(const Schema1& image) {
    std::vector<Digest> diff_ids;
    spec::Manifest manifest;
    manifest.media_type = spec::media::docker_manifest;
    for (const Schema1::Layer& layer : image.layers) {
      if (layer.throwaway) continue;
      const KnownLayer& known = layers_.at(layer.blob);
      diff_ids.push_back(known.diff_id);
      manifest.layers.push_back(known.descriptor);
    }
    config_ = schema2_config(image, diff_ids);
    manifest.config.media_type = config_type(DocumentForm::docker);
    manifest.config.digest = digest_of(config_);
    manifest.config.size = static_cast<std::int64_t>(config_.size());
    manifest_ = manifest_text(manifest, DocumentForm::docker);
  }

  std::unique_ptr<Source> open(const spec::Descriptor& descriptor) const {
    const auto found = layers_.find(descriptor.digest);
    if (found == layers_.end()) return std::make_unique<StringSource>(config_);
    return std::make_unique<SpooledSource>(found->second.file.get(), cat("layer ", descriptor.digest.text()));
  }

  std::string store_name_, config_, manifest_;
  std::map<Digest, KnownLayer> layers_;
};

} // namespace

std::unique_ptr<ImageSource> as_schema2(ImageSource& origin, const spec::RawBlob& document, int scratch,
                                        Progress& progress) {
  return std::make_unique<Schema2Image>(origin, document, scratch, progress);
}

} // namespace oci::fetch
