#include "fetch/copy_blobs.h"

#include "fetch/checked_bytes.h"

namespace oci::fetch {
namespace {

// The end of a chain that makes other bytes: they get a digest of their own.
class Described final : public Sink {
public:
  explicit Described(Sink& out) : out_(out) {}
  void write(Bytes bytes) override {
    if (bytes.empty()) return;
    hasher_.update(bytes);
    size_ += static_cast<std::int64_t>(bytes.size());
    out_.write(bytes);
  }
  spec::Descriptor finish() {
    spec::Descriptor descriptor;
    descriptor.digest = hasher_.finish();
    descriptor.size = size_;
    return descriptor;
  }

private:
  Sink& out_;
  Hasher hasher_;
  std::int64_t size_ = 0;
};

class Recoding {
public:
  Recoding(const BlobJob& job, Sink& out) : described_(out) {
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
  Described described_;
  std::unique_ptr<Stage> compressor_, decompressor_;
  Sink* head_ = nullptr;
};

class CopiedBlob final : public TakenBlob {
public:
  CopiedBlob(BlobJob& job, ImageDestination& destination, Progress& progress)
      : job_(job), progress_(progress), name_(cat("blob ", job.from.digest.text())),
        shown_(job.from.digest.short_hex()), checked_(job_.from, name_),
        out_(destination.begin_blob(job.recode ? nullptr : &job.from, job.kind)) {
    if (job_.recode) recoding_ = std::make_unique<Recoding>(job_, *out_);
    progress_.start(shown_, expected(), 0);
  }

  const spec::Descriptor& descriptor() const override { return job_.from; }
  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return checked_.size(); }

  void write(Bytes bytes) override {
    checked_.update(bytes);
    if (recoding_) {
      with_context(name_, [&] { recoding_->write(bytes); });
    } else {
      out_->write(bytes);
    }
    progress_.advance(shown_, bytes.size());
  }

  void restart() override {
    checked_.restart();
    out_->restart();
    if (job_.recode) recoding_ = std::make_unique<Recoding>(job_, *out_);
    progress_.rewind(shown_);
  }

  bool commit() override {
    checked_.finish();
    spec::Descriptor content = job_.from;
    if (recoding_) content = with_context(name_, [&] { return recoding_->finish(); });
    out_->commit(content);
    job_.result = std::move(content);
    progress_.done(shown_);
    return true;
  }

private:
  BlobJob& job_;
  Progress& progress_;
  std::string name_, shown_;
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
