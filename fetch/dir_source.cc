#include "fetch/dir_source.h"

#include "base/files.h"
#include "base/sys.h"
#include "fetch/dir_files.h"
#include "fetch/layout_entry.h"

namespace oci::fetch {
namespace {

class FileSource final : public Source {
public:
  FileSource(Fd file, std::string name) : file_(std::move(file)), source_(file_.get(), std::move(name)) {}
  std::size_t read(std::span<std::byte> into) override { return source_.read(into); }

private:
  Fd file_;
  FdSource source_;
};

class DirSource final : public ImageSource {
public:
  explicit DirSource(const spec::ImageName& name)
      : path_(name.path), folder_(check(sys::open(path_, O_RDONLY | O_DIRECTORY), "open ", path_)) {}

  spec::RawBlob top() override { return {"", {}, read("manifest.json")}; }

  std::string document(const spec::Descriptor& descriptor) override {
    return read(cat(descriptor.digest.hex(), ".manifest.json"));
  }

  std::int64_t blob_size(const Digest& digest) override {
    return check(sys::fstatat(folder_.get(), dir_blob_name(digest)), "stat blob ", digest.text(), " of ", path_)
        .st_size;
  }

  void blobs(std::span<const spec::Descriptor> wanted, BlobTaker& taker) override {
    for (const spec::Descriptor& descriptor : wanted) {
      taker.check();
      taker.copy(descriptor, [&] { return open(descriptor); });
    }
  }

  std::string store_name() override { return local_name(path_, ""); }

private:
  std::string read(const std::string& name) {
    return with_context(cat("read ", path_),
                        [&] { return read_file_at(folder_.get(), name, spec::max_document_bytes, O_NOFOLLOW); });
  }

  std::unique_ptr<Source> open(const spec::Descriptor& descriptor) {
    std::string shown = cat("blob ", descriptor.digest.text(), " of ", path_);
    // Without waiting: a FIFO in its place is found out below.
    Fd file = check(
        sys::openat(folder_.get(), dir_blob_name(descriptor.digest), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY),
        "open ", shown);
    if (!S_ISREG(check(sys::fstat(file.get()), "stat ", shown).st_mode)) fail(shown, ": not a regular file");
    return std::make_unique<FileSource>(std::move(file), shown);
  }

  std::string path_;
  Fd folder_;
};

} // namespace

std::unique_ptr<ImageSource> open_dir(const spec::ImageName& name) { return std::make_unique<DirSource>(name); }

} // namespace oci::fetch
