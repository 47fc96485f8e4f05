#include "fetch/layout_source.h"

#include "fetch/layout_entry.h"
#include "spec/verified_blob.h"

namespace oci::fetch {
namespace {

class BlobFile final : public Source {
public:
  BlobFile(Fd file, std::string name) : file_(std::move(file)), source_(file_.get(), std::move(name)) {}
  std::size_t read(std::span<std::byte> into) override { return source_.read(into); }

private:
  Fd file_;
  FdSource source_;
};

class LayoutSource final : public ImageSource {
public:
  LayoutSource(const spec::ImageName& name, const std::string& shared_blobs)
      : layout_(spec::Layout::open(name.path)), entry_(choose_entry(layout_.index(), name)) {
    if (!shared_blobs.empty()) layout_.share_blobs(shared_blobs);
  }

  spec::RawBlob top() override { return spec::read_document(layout_, entry_); }

  std::string document(const spec::Descriptor& descriptor) override {
    return spec::read_document(layout_, descriptor).bytes;
  }

  void blobs(std::span<const spec::Descriptor> wanted, BlobTaker& taker) override {
    for (const spec::Descriptor& descriptor : wanted) {
      taker.copy(descriptor, [&] {
        return std::make_unique<BlobFile>(layout_.open_blob(descriptor), cat("blob ", descriptor.digest.text()));
      });
    }
  }

  std::string store_name() override { return store_name_of(entry_, layout_.path()); }

private:
  spec::Layout layout_;
  spec::Descriptor entry_;
};

} // namespace

std::unique_ptr<ImageSource> open_layout(const spec::ImageName& name, const std::string& shared_blobs) {
  return std::make_unique<LayoutSource>(name, shared_blobs);
}

} // namespace oci::fetch
