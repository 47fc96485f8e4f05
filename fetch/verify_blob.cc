#include "fetch/verify_blob.h"

#include "base/hash.h"
#include "fetch/transcode.h"

#include <vector>

namespace oci::fetch {
namespace {

using spec::media::Compression;

class HashingSink final : public Sink {
public:
  explicit HashingSink(std::string_view algorithm) : hasher_(algorithm) {}
  void write(Bytes bytes) override { hasher_.update(bytes); }
  Digest finish() { return hasher_.finish(); }

private:
  Hasher hasher_;
};

// What a layer holds. Its faults are kept: the blob's own digest is wanted all the same.
class Content {
public:
  explicit Content(Compression compression) {
    if (compression != Compression::none) stage_ = make_decompressor(compression, hash_);
  }
  void write(Bytes bytes) {
    keep([&] { stage_ ? stage_->write(bytes) : hash_.write(bytes); });
  }
  void finish(BlobFacts& facts) {
    keep([&] {
      if (stage_) stage_->finish();
    });
    facts.content_fault = fault_;
    if (fault_.empty()) facts.diff_id = hash_.finish();
  }

private:
  template <class F>
  void keep(F&& body) {
    if (!fault_.empty()) return;
    try {
      body();
    } catch (const Error& error) {
      fault_ = error.message();
    }
  }

  HashingSink hash_{"sha256"};
  std::unique_ptr<Stage> stage_;
  std::string fault_;
};

class CheckedBlob final : public TakenBlob {
public:
  CheckedBlob(const spec::Descriptor& descriptor, BlobUse use, Compression compression, Progress& progress,
              BlobFacts& facts)
      : descriptor_(descriptor), use_(use), compression_(compression), progress_(progress), facts_(facts),
        name_(cat("blob ", descriptor.digest.text())), shown_(descriptor.digest.short_hex()) {
    begin();
    progress_.start(shown_, expected(), 0);
  }

  const spec::Descriptor& descriptor() const override { return descriptor_; }
  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return size_; }

  void write(Bytes bytes) override {
    if (bytes.size() > expected() - size_) {
      fail(name_, ": larger than the ", expected(), " bytes its descriptor says");
    }
    hasher_.update(bytes);
    size_ += bytes.size();
    if (content_) content_->write(bytes);
    if (use_ == BlobUse::document) facts_.text += as_text(bytes);
    progress_.advance(shown_, bytes.size());
  }
  void restart() override {
    begin();
    progress_.rewind(shown_);
  }
  bool commit() override {
    if (size_ != expected()) fail(name_, ": ends after ", size_, " of ", expected(), " bytes");
    const Digest actual = hasher_.finish();
    if (actual != descriptor_.digest) fail(name_, ": wrong digest: its content is ", actual.text());
    if (content_) content_->finish(facts_);
    progress_.done(shown_);
    return true;
  }

private:
  void begin() {
    hasher_ = Hasher(descriptor_.digest.algorithm());
    size_ = 0;
    facts_ = BlobFacts();
    if (use_ == BlobUse::layer) content_ = std::make_unique<Content>(compression_);
  }

  spec::Descriptor descriptor_;
  BlobUse use_;
  Compression compression_;
  Progress& progress_;
  BlobFacts& facts_;
  std::string name_, shown_;
  Hasher hasher_;
  std::uint64_t size_ = 0;
  std::unique_ptr<Content> content_;
};

class CheckingTaker final : public BlobTaker {
public:
  CheckingTaker(BlobUse use, Compression compression, Progress& progress, BlobFacts& facts)
      : use_(use), compression_(compression), progress_(progress), facts_(facts) {}
  Admission try_admit(const spec::Descriptor& descriptor) override {
    return {State::open, std::make_unique<CheckedBlob>(descriptor, use_, compression_, progress_, facts_)};
  }
  void copy(const spec::Descriptor& descriptor, const std::function<std::unique_ptr<Source>()>& open) override {
    constexpr std::size_t copy_buffer = 256u << 10;
    CheckedBlob blob(descriptor, use_, compression_, progress_, facts_);
    const std::unique_ptr<Source> source = open();
    std::vector<std::byte> buffer(copy_buffer);
    while (const std::size_t count = source->read(buffer)) blob.write(Bytes(buffer).first(count));
    blob.commit();
  }
  Progress& progress() override { return progress_; }

private:
  BlobUse use_;
  Compression compression_;
  Progress& progress_;
  BlobFacts& facts_;
};

} // namespace

BlobFacts check_blob(ImageSource& source, const spec::Descriptor& descriptor, BlobUse use, Compression compression,
                     Progress& progress) {
  BlobFacts facts;
  try {
    if (use == BlobUse::document && descriptor.size > static_cast<std::int64_t>(spec::max_document_bytes)) {
      fail("blob ", descriptor.digest.text(), ": larger than ", human_bytes(spec::max_document_bytes));
    }
    CheckingTaker taker(use, compression, progress, facts);
    source.blobs({&descriptor, 1}, taker);
  } catch (const Error& error) {
    facts = BlobFacts();
    facts.fault = error.message();
  }
  return facts;
}

} // namespace oci::fetch
