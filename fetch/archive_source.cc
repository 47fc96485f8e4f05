#include "fetch/archive_source.h"

#include "fetch/layout_entry.h"
#include "fetch/tar_file.h"

namespace oci::fetch {
namespace {

class ArchiveSource final : public ImageSource {
public:
  ArchiveSource(const spec::ImageName& name, int scratch) : tar_(name.path, scratch) {
    check_version();
    std::string text = tar_.read("index.json", spec::max_document_bytes);
    entry_ = choose_entry(spec::parse_index(text, cat("index.json of ", tar_.path())), name);
  }

  spec::RawBlob top() override { return {entry_.media_type, entry_.digest, document(entry_)}; }

  std::string document(const spec::Descriptor& descriptor) override {
    (void)member(descriptor);
    return tar_.read(member_name(descriptor), spec::max_document_bytes);
  }

  void blobs(std::span<const spec::Descriptor> wanted, BlobTaker& taker) override {
    for (const spec::Descriptor& descriptor : wanted) {
      taker.copy(descriptor, [&] { return tar_.open(member(descriptor)); });
    }
  }

  std::string store_name() override { return store_name_of(entry_, tar_.path()); }

private:
  static std::string member_name(const spec::Descriptor& descriptor) { return cat("blobs/", descriptor.digest.path()); }

  const TarFile::Member& member(const spec::Descriptor& descriptor) const {
    const TarFile::Member& member = tar_.get(member_name(descriptor));
    if (member.size == descriptor.size) return member;
    fail("blob ", descriptor.digest.text(), " of ", tar_.path(), ": it has ", member.size,
         " bytes, its descriptor says ", descriptor.size);
  }

  void check_version() const {
    if (!tar_.find("oci-layout")) fail(tar_.path(), ": not an oci-archive: it has no file oci-layout");
    Json layout = parse_json(tar_.read("oci-layout", 4096), cat("oci-layout of ", tar_.path()));
    const Json* version = layout.find("imageLayoutVersion");
    const std::string* text = version ? version->as_string() : nullptr;
    if (!text || *text != "1.0.0") fail(tar_.path(), ": imageLayoutVersion of oci-layout is not 1.0.0");
  }

  TarFile tar_;
  spec::Descriptor entry_;
};

} // namespace

std::unique_ptr<ImageSource> open_oci_archive(const spec::ImageName& name, int scratch) {
  return std::make_unique<ArchiveSource>(name, scratch);
}

} // namespace oci::fetch
