#include "fetch/daemon_images.h"

#include "fetch/destinations.h"
#include "fetch/docker_archive_source.h"
#include "fetch/docker_archive_writer.h"
#include "fetch/docker_daemon.h"

namespace oci::fetch {
namespace {

DockerDaemon connect(const RegistryOptions& options) {
  return DockerDaemon(options.daemon_host.empty() ? docker_host() : options.daemon_host, options.cert_dir);
}

// The archive has the one image that was asked for; under which of its names does not matter.
class DaemonSource final : public ImageSource {
public:
  DaemonSource(const spec::ImageName& name, std::unique_ptr<ImageSource> archive)
      : name_(*name.reference), archive_(std::move(archive)) {}

  spec::RawBlob top() override { return archive_->top(); }
  std::string document(const spec::Descriptor& descriptor) override { return archive_->document(descriptor); }
  void blobs(std::span<const spec::Descriptor> wanted, BlobTaker& taker) override { archive_->blobs(wanted, taker); }
  std::string store_name() override { return name_.repository.empty() ? archive_->store_name() : name_.text(); }

private:
  spec::Reference name_;
  std::unique_ptr<ImageSource> archive_;
};

constexpr std::string_view transport = "docker-daemon";

const ImageDestination::Abilities daemon_abilities{.transport = transport,
                                                   .manifests = {spec::media::docker_manifest},
                                                   .indexes = false,
                                                   .layers = ImageDestination::Layers::plain,
                                                   .foreign_layers = false};

class DaemonDestination final : public ImageDestination {
public:
  DaemonDestination(const spec::ImageName& name, const CopyOptions& options, int scratch, Progress& progress)
      : daemon_(connect(options.destination)), progress_(progress), name_(*name.reference),
        file_(nameless_file(scratch, name.text())), archive_(file_.get(), name.text(), scratch) {
    if (name_.tag.empty()) fail("write ", name.text(), ": the daemon takes an image by name and tag, not by digest");
  }

  const Abilities& abilities() const override { return daemon_abilities; }
  bool has_blob(const spec::Descriptor& descriptor) override { return archive_.has(descriptor.digest); }
  std::unique_ptr<DestinationBlob> begin_blob(const spec::Descriptor* known, Kind kind) override {
    return archive_.begin_blob(known, kind);
  }
  void put_document(const spec::Descriptor& descriptor, const std::string& bytes, Place, const std::string&) override {
    archive_.add_image(spec::parse_manifest(bytes, descriptor.digest.text()), {name_});
  }
  void finish() override {
    archive_.finish();
    daemon_.load(file_.get(), progress_);
  }

private:
  DockerDaemon daemon_;
  Progress& progress_;
  spec::Reference name_;
  Fd file_;
  DockerArchiveWriter archive_;
};

} // namespace

std::unique_ptr<ImageSource> open_daemon_image(const spec::ImageName& name, const RegistryOptions& options, int scratch,
                                               Progress& progress) {
  Fd file = nameless_file(scratch, name.text());
  const spec::Reference& wanted = *name.reference;
  DockerDaemon daemon = connect(options);
  progress.note(cat("docker daemon: saving ", name.text()));
  daemon.save(wanted.repository.empty() ? wanted.digest.text() : wanted.familiar(), file.get(), progress);
  spec::ImageName only;
  only.transport = spec::Transport::docker_archive;
  return std::make_unique<DaemonSource>(name, open_docker_archive(TarFile(std::move(file), name.text()), only));
}

std::unique_ptr<ImageDestination> write_docker_daemon(const spec::ImageName& name, const CopyOptions& options,
                                                      int scratch, Progress& progress) {
  return std::make_unique<DaemonDestination>(name, options, scratch, progress);
}

} // namespace oci::fetch
