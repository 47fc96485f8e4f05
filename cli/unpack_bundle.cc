#include "cli/unpack_bundle.h"

#include "base/error.h"
#include "cli/bundle_in_making.h"
#include "cli/layer_feed.h"
#include "fetch/progress.h"

#include <unistd.h>

namespace oci::cli {

namespace {

// unpack's progress, shown by fetch's bars.
class LayerProgress final : public unpack::Progress {
public:
  LayerProgress(fetch::Progress& shown, const spec::Manifest& manifest) : shown_(shown) {
    std::uint64_t bytes = 0;
    for (const spec::Descriptor& layer : manifest.layers) bytes += static_cast<std::uint64_t>(layer.size);
    shown_.begin(fetch::Progress::Phase::extract, manifest.layers.size(), bytes);
  }
  ~LayerProgress() override { shown_.end(); }

  void begin_layer(std::size_t, std::size_t, const spec::Descriptor& layer) override {
    name_ = layer.digest.short_hex();
    shown_.start(name_, static_cast<std::uint64_t>(layer.size), 0);
  }
  void advance(std::uint64_t bytes) override { shown_.advance(name_, bytes); }
  void end_layer() override { shown_.done(name_); }

private:
  fetch::Progress& shown_;
  std::string name_;
};

} // namespace

void UnpackFlags::declare(Command& command) {
  command.option("-b,--bundle", "DIR", "where the bundle goes (default ./bundle)", bundle);
  command.flag("--rootfs-only", "make no config.json", rootfs_only);
}

std::string UnpackFlags::path(const std::string* word) const {
  if (!word) return bundle.empty() ? "bundle" : bundle;
  if (!bundle.empty()) fail("the bundle is named twice: ", bundle, " and ", printable(*word));
  if (word->empty()) fail("the bundle's name is empty");
  return *word;
}

unpack::Options UnpackFlags::options() const { return {}; }

void BundleMaker::from_stored(const spec::Image& image) {
  const FileLock lock = store.use();
  BundleInMaking bundle(path);
  const auto shown = pull.quiet ? fetch::silent_progress() : fetch::progress_for(STDERR_FILENO);
  {
    unpack::Options options = unpack.options();
    options.stop_fd = bundle.stop().fd();
    LayerProgress progress(*shown, image.manifest);
    unpack::unpack_image(store.layout(), image, bundle.fd(), options, progress);
  }
  bundle.has_rootfs();
  write_config(bundle.fd(), image);
  bundle.commit();
}

spec::Image BundleMaker::from_pull(const std::string& name) {
  const FileLock lock = store.use();
  LayerFeed feed(store, path, unpack.options());
  const auto unpacked = [&]() -> BundleInMaking& {
    return with_context(cat("unpack ", printable(name)), [&]() -> BundleInMaking& { return feed.finish(); });
  };
  spec::Image image;
  try {
    image = pull_image(store, name, pull, &feed);
  } catch (const FeedFailed&) {
    (void)unpacked();
  }
  BundleInMaking& bundle = unpacked();
  with_context(cat("unpack ", printable(name)), [&] {
    write_config(bundle.fd(), image);
    bundle.commit();
  });
  return image;
}

void BundleMaker::write_config(int bundle, const spec::Image& image) {
  if (unpack.rootfs_only) return;
  // A bundle made at a terminal is for use at one; -t=false and -t say otherwise.
  container.request.tty = container.tty.value_or(::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1);
  write_bundle_config(bundle, image.config, container.request);
}

} // namespace oci::cli
