// oci-archive:FILE[:REF] as a destination: a layout as a tar, written whole.
#include "fetch/destinations.h"
#include "fetch/output_file.h"
#include "fetch/tar_writer.h"

#include <set>

namespace oci::fetch {
namespace {

class ArchiveBlob final : public DestinationBlob {
public:
  ArchiveBlob(std::unique_ptr<TarWriter::Member> member, std::set<Digest>& written)
      : member_(std::move(member)), written_(written) {}
  void write(Bytes bytes) override { member_->write(bytes); }
  void restart() override { member_->restart(); }
  void commit(const spec::Descriptor& content) override {
    member_->commit(cat("blobs/", content.digest.path()), 0644);
    written_.insert(content.digest);
  }

private:
  std::unique_ptr<TarWriter::Member> member_;
  std::set<Digest>& written_;
};

class ArchiveDestination final : public ImageDestination {
public:
  ArchiveDestination(const spec::ImageName& name, int scratch)
      : ref_(name.ref), file_(name.path, scratch), tar_(file_.fd(), file_.shown(), scratch) {
    if (name.index) fail("write ", name.text(), ": an image is written by its name, not its number");
    tar_.add_folder("blobs/");
    tar_.add_folder("blobs/sha256/");
  }

  const Abilities& abilities() const override { return abilities_; }
  bool has_blob(const spec::Descriptor& descriptor) override { return written_.contains(descriptor.digest); }
  std::unique_ptr<DestinationBlob> begin_blob(const spec::Descriptor* known, Kind) override {
    auto member = known ? tar_.begin(static_cast<std::uint64_t>(known->size)) : tar_.begin();
    return std::make_unique<ArchiveBlob>(std::move(member), written_);
  }

  void put_document(const spec::Descriptor& descriptor, const std::string& bytes, Place place,
                    const std::string& name) override {
    if (written_.insert(descriptor.digest).second) {
      tar_.add_file(cat("blobs/", descriptor.digest.path()), bytes, 0644);
    }
    if (place == Place::instance) return;
    spec::Descriptor entry;
    entry.media_type = descriptor.media_type;
    entry.digest = descriptor.digest;
    entry.size = descriptor.size;
    const std::string& ref = ref_.empty() ? name : ref_;
    if (!ref.empty()) entry.annotations[std::string(spec::ref_name_annotation)] = ref;
    index_.manifests.push_back(std::move(entry));
  }

  void finish() override {
    tar_.add_file("index.json", spec::to_text(index_), 0644);
    tar_.add_file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}", 0644);
    tar_.finish();
    file_.publish();
  }

private:
  const Abilities abilities_{
      .transport = "oci-archive", .manifests = {spec::media::oci_manifest}, .layers = Layers::compressed};
  std::string ref_;
  OutputFile file_;
  TarWriter tar_;
  std::set<Digest> written_;
  spec::Index index_;
};

} // namespace

std::unique_ptr<ImageDestination> write_oci_archive(const spec::ImageName& name, int scratch) {
  return std::make_unique<ArchiveDestination>(name, scratch);
}

} // namespace oci::fetch
