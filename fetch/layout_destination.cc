// oci:PATH[:REF] as a destination.
#include "base/sys.h"
#include "fetch/destinations.h"
#include "spec/layout.h"

namespace oci::fetch {
namespace {

class LayoutBlob final : public DestinationBlob {
public:
  explicit LayoutBlob(const spec::Layout& layout) : layout_(layout) {
    folder_ = layout.blobs_folder();
    std::string name = cat(".tmp-", random_name(16));
    file_ = check(sys::openat(folder_.get(), name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600), "create a blob in ",
                  layout.path());
    name_ = std::move(name);
  }
  LayoutBlob(const LayoutBlob&) = delete;
  LayoutBlob& operator=(const LayoutBlob&) = delete;
  ~LayoutBlob() override {
    if (!name_.empty()) (void)sys::unlinkat(folder_.get(), name_);
  }

  void write(Bytes bytes) override {
    check(write_all(file_.get(), as_text(bytes)), "write a blob in ", layout_.path());
  }
  void restart() override {
    check(sys::ftruncate(file_.get(), 0), "empty a blob in ", layout_.path());
    check(sys::lseek(file_.get(), 0, SEEK_SET), "rewind a blob in ", layout_.path());
  }
  void commit(const spec::Descriptor& content) override {
    layout_.adopt_blob(file_.get(), folder_.get(), name_, content.digest);
    name_.clear();
  }

private:
  const spec::Layout& layout_;
  Fd folder_, file_;
  std::string name_;
};

std::string name_of(const spec::Descriptor& entry) {
  auto found = entry.annotations.find(std::string(spec::ref_name_annotation));
  return found == entry.annotations.end() ? "" : found->second;
}

// An entry that loses its name stays: others may have been told its digest.
void add_entry(spec::Index& index, spec::Descriptor added) {
  const std::string name = name_of(added);
  for (spec::Descriptor& entry : index.manifests) {
    if (!name.empty() && name_of(entry) == name) entry.annotations.erase(std::string(spec::ref_name_annotation));
  }
  for (spec::Descriptor& entry : index.manifests) {
    if (entry.digest != added.digest || !name_of(entry).empty()) continue;
    entry = std::move(added);
    return;
  }
  index.manifests.push_back(std::move(added));
}

class LayoutDestination final : public ImageDestination {
public:
  LayoutDestination(const spec::ImageName& name, const CopyOptions& options)
      : ref_(name.ref), layout_(spec::Layout::open_or_create(name.path)),
        in_use_(FileLock::take(layout_.fd(), "oci-layout", FileLock::Mode::shared)) {
    if (name.index) fail("write ", name.text(), ": an image is written by its name, not its number");
    if (!options.destination.shared_blobs.empty()) layout_.share_blobs(options.destination.shared_blobs);
    if (options.keep_plain_layers) abilities_.layers = Layers::as_they_are;
  }

  const Abilities& abilities() const override { return abilities_; }
  bool has_blob(const spec::Descriptor& descriptor) override { return layout_.has_blob(descriptor); }
  std::unique_ptr<DestinationBlob> begin_blob(const spec::Descriptor*, Kind) override {
    return std::make_unique<LayoutBlob>(layout_);
  }

  void put_document(const spec::Descriptor& descriptor, const std::string& bytes, Place place,
                    const std::string& name) override {
    LayoutBlob blob(layout_);
    blob.write(as_bytes(bytes));
    blob.commit(descriptor);
    if (place == Place::instance) return;
    spec::Descriptor entry;
    entry.media_type = descriptor.media_type;
    entry.digest = descriptor.digest;
    entry.size = descriptor.size;
    const std::string& ref = ref_.empty() ? name : ref_;
    if (!ref.empty()) entry.annotations[std::string(spec::ref_name_annotation)] = ref;
    entries_.push_back(std::move(entry));
  }

  void finish() override {
    layout_.update_index([&](spec::Index& index) {
      for (spec::Descriptor& entry : entries_) add_entry(index, entry);
      return !entries_.empty();
    });
    entries_.clear();
  }

private:
  Abilities abilities_{.transport = "oci", .manifests = {spec::media::oci_manifest}, .layers = Layers::compressed};
  std::string ref_;
  spec::Layout layout_;
  FileLock in_use_; // gc waits
  std::vector<spec::Descriptor> entries_;
};

} // namespace

std::unique_ptr<ImageDestination> write_layout(const spec::ImageName& name, const CopyOptions& options) {
  return std::make_unique<LayoutDestination>(name, options);
}

} // namespace oci::fetch
