#include "fetch/copy_blobs.h"

#include "fetch/checked_bytes.h"

namespace oci::fetch {
namespace {

// The end of a chain that makes other bytes: they get a digest of their own.
class Described final : public Sink {
public:
  // diff_id: what they must have too, where that is of another algorithm.
  Described(Sink& out, const Digest& diff_id) : out_(out), diff_id_(diff_id) {
    if (!diff_id.empty() && diff_id.algorithm() != "sha256") other_hasher_.emplace(diff_id.algorithm());
  }
  void write(Bytes bytes) override {
    if (bytes.empty()) return;
    hasher_.update(bytes);
    if (other_hasher_) other_hasher_->update(bytes);
    size_ += static_cast<std::int64_t>(bytes.size());
    out_.write(bytes);
  }
  spec::Descriptor finish() {
    spec::Descriptor descriptor;
    descriptor.digest = hasher_.finish();
    descriptor.size = size_;
    if (!diff_id_.empty()) check_diff_id(diff_id_, other_hasher_ ? other_hasher_->finish() : descriptor.digest);
    return descriptor;
  }

private:
  Sink& out_;
  const Digest& diff_id_;
  Hasher hasher_;
  std::optional<Hasher> other_hasher_;
  std::int64_t size_ = 0;
};

class Recoding {
public:
  Recoding(const BlobJob& job, Sink& out)
      : described_(out, job.becomes == BlobJob::Compression::none ? job.diff_id : none_) {
    Sink* next = &described_;
    if (job.becomes != BlobJob::Compression::none) {
      compressor_ = make_compressor(job.becomes, job.level, *next);
      next = compressor_.get();
    }
    if (job.is != BlobJob::Compression::none) {
      decompressor_ = make_decompressor(job.is, *next);
      next = decompressor_.get();
    }
    head_ = next;
  }
  void write(Bytes bytes) { head_->write(bytes); }
  spec::Descriptor finish() {
    if (decompressor_) decompressor_->finish();
    if (compressor_) compressor_->finish();
    return described_.finish();
  }

private:
  const Digest none_;
  Described described_;
  std::unique_ptr<Stage> compressor_, decompressor_;
  Sink* head_ = nullptr;
};

// One layer on its way. Where its media type says that it is not compressed, its first bytes decide how it goes on:
// many a builder says so of a compressed one.
class CopiedBlob final : public TakenBlob {
public:
  CopiedBlob(BlobJob& job, ImageDestination& destination, Progress& progress)
      : job_(job), destination_(destination), progress_(progress), name_(cat("blob ", job.from.digest.text())),
        shown_(job.from.digest.short_hex()), checked_(job_.from, name_) {
    if (!job_.said_plain) begin();
    progress_.start(shown_, expected(), 0);
  }

  const spec::Descriptor& descriptor() const override { return job_.from; }
  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return checked_.size(); }

  void write(Bytes bytes) override {
    checked_.update(bytes);
    if (out_) {
      pass_on(bytes);
    } else {
      head_ += as_text(bytes);
      if (head_.size() >= spec::media::magic_bytes) begin_as_found();
    }
    progress_.advance(shown_, bytes.size());
  }

  void restart() override {
    checked_.restart();
    head_.clear();
    if (out_) out_->restart();
    if (out_ && job_.recode) recoding_ = std::make_unique<Recoding>(job_, *out_);
    progress_.rewind(shown_);
  }

  bool commit() override {
    checked_.finish();
    if (!out_) begin_as_found();
    spec::Descriptor content = job_.from;
    if (recoding_) content = with_context(name_, [&] { return recoding_->finish(); });
    out_->commit(content);
    job_.result = std::move(content);
    progress_.done(shown_);
    return true;
  }

private:
  void begin() {
    out_ = destination_.begin_blob(job_.recode ? nullptr : &job_.from, job_.kind);
    if (job_.recode) recoding_ = std::make_unique<Recoding>(job_, *out_);
  }

  void begin_as_found() {
    job_.found_to_be(spec::media::compression_of(head_));
    begin();
    pass_on(as_bytes(head_));
    head_ = {};
  }

  void pass_on(Bytes bytes) {
    if (recoding_)
      with_context(name_, [&] { recoding_->write(bytes); });
    else
      out_->write(bytes);
  }

  BlobJob& job_;
  ImageDestination& destination_;
  Progress& progress_;
  std::string name_, shown_, head_;
  CheckedBytes checked_;
  std::unique_ptr<DestinationBlob> out_;
  std::unique_ptr<Recoding> recoding_;
};

class TextBlob final : public TakenBlob {
public:
  TextBlob(const spec::Descriptor& descriptor, std::string& text)
      : descriptor_(descriptor), text_(text), name_(cat("blob ", descriptor.digest.text())),
        checked_(descriptor_, name_) {}
  const spec::Descriptor& descriptor() const override { return descriptor_; }
  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return checked_.size(); }
  void write(Bytes bytes) override {
    checked_.update(bytes);
    text_ += as_text(bytes);
  }
  void restart() override {
    checked_.restart();
    text_.clear();
  }
  bool commit() override {
    checked_.finish();
    return true;
  }

private:
  spec::Descriptor descriptor_;
  std::string& text_;
  std::string name_;
  CheckedBytes checked_;
};

class TextTaker final : public BlobTaker {
public:
  Admission try_admit(const spec::Descriptor& descriptor) override {
    return {State::open, std::make_unique<TextBlob>(descriptor, text_)};
  }
  void copy(const spec::Descriptor& descriptor, const std::function<std::unique_ptr<Source>()>& open) override {
    TextBlob blob(descriptor, text_);
    pour(blob, *open());
  }
  Progress& progress() override { return *silent_; }
  std::string take() { return std::move(text_); }

private:
  std::string text_;
  std::unique_ptr<Progress> silent_ = silent_progress();
};

} // namespace

void check_diff_id(const Digest& said, const Digest& content) {
  if (content != said) fail("wrong diff_id: the config says ", said.text(), ", its content is ", content.text());
}

CopyTaker::CopyTaker(ImageDestination& destination, std::vector<BlobJob*> jobs, Progress& progress)
    : destination_(destination), progress_(progress) {
  for (BlobJob* job : jobs) jobs_[job->from.digest] = job;
}

BlobTaker::Admission CopyTaker::try_admit(const spec::Descriptor& descriptor) {
  return {State::open, std::make_unique<CopiedBlob>(*jobs_.at(descriptor.digest), destination_, progress_)};
}

void CopyTaker::copy(const spec::Descriptor& descriptor, const std::function<std::unique_ptr<Source>()>& open) {
  CopiedBlob blob(*jobs_.at(descriptor.digest), destination_, progress_);
  pour(blob, *open());
}

std::string fetch_text(ImageSource& source, const spec::Descriptor& descriptor, std::string_view what) {
  if (descriptor.size > static_cast<std::int64_t>(spec::max_document_bytes)) {
    fail(what, " ", descriptor.digest.text(), ": larger than ", human_bytes(spec::max_document_bytes));
  }
  TextTaker taker;
  source.blobs({&descriptor, 1}, taker);
  return taker.take();
}

} // namespace oci::fetch
