// oci unpack [IMAGE [BUNDLE]]: the rootfs by unpack, config.json by specgen.
#include "cli/container_options.h"
#include "cli/image_verbs.h"
#include "cli/pull_options.h"

#include "base/error.h"
#include "base/files.h"
#include "base/stop_signals.h"
#include "base/sys.h"
#include "fetch/fetch.h"
#include "unpack/unpack.h"

#include <cstdio>
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

class Unpack final : public Verb {
public:
  void declare(Command& command) override {
    command.option("-b,--bundle", "DIR", "where the bundle goes (default ./bundle)", bundle_);
    command.flag("--rootfs-only", "make no config.json", rootfs_only_);
    container_.declare(command);
    pull_.declare(command);
    command.words(0, any_number, {"IMAGE", "BUNDLE"});
  }

  int run(const Globals& globals, const Command& command, Words words) override {
    const std::size_t named = std::min(command.words_before_dashes().value_or(words.size()), words.size());
    if (named > 2)
      throw Error(cat("unexpected argument ", printable(words[2]))).with_hint("a command follows after --");
    if (named == 2 && !bundle_.empty()) fail("the bundle is named twice: ", bundle_, " and ", printable(words[1]));
    container_.request.command.assign(words.begin() + static_cast<std::ptrdiff_t>(named), words.end());
    if (named == 2 && words[1].empty()) fail("the bundle's name is empty");
    const std::string bundle_path = named == 2 ? words[1] : bundle_.empty() ? "bundle" : bundle_;

    spec::Store store = spec::Store::open_or_create(spec::Store::locate(globals.store));
    const std::string name = named > 0 ? words[0] : store.last_reference();
    if (name.empty())
      throw Error("unpack: no image was named, and none was pulled yet").with_hint("oci pull IMAGE first");
    const spec::Image image = [&] {
      if (auto stored = stored_image(store, name, pull_)) return std::move(*stored);
      return pull_image(store, name, pull_);
    }();
    with_context(cat("unpack ", name), [&] { unpack_to(store, image, bundle_path); });
    std::printf("%s\n", bundle_path.c_str());
    return 0;
  }

private:
  void unpack_to(const spec::Store& store, const spec::Image& image, const std::string& path) {
    const FileLock lock = store.use();
    const StopSignals stop; // for as long as there is something to remove
    const bool existed = sys::fstatat(AT_FDCWD, path).has_value();
    const Fd bundle = unpack::make_bundle(path);
    bool unpacked = false; // before, the rootfs is the unpacker's to remove, and may be somebody else's
    try {
      const auto shown = pull_.quiet ? fetch::silent_progress() : fetch::progress_for(STDERR_FILENO);
      {
        LayerProgress progress(*shown, image.manifest);
        unpack::unpack_image(store.layout(), image, bundle.get(), {{}, stop.fd()}, progress);
      }
      unpacked = true;
      if (!rootfs_only_) write_config(bundle.get(), image);
      stop.check();
    } catch (...) {
      if (unpacked) (void)remove_tree(bundle.get(), "rootfs");
      if (unpacked) (void)sys::unlinkat(bundle.get(), "config.json");
      if (!existed) (void)sys::unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
      throw;
    }
  }

  void write_config(int bundle, const spec::Image& image) {
    // A bundle made at a terminal is for use at one; -t=false and -t say otherwise.
    container_.request.tty = container_.tty.value_or(::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1);
    write_bundle_config(bundle, image.config, container_.request);
  }

  std::string bundle_;
  bool rootfs_only_ = false;
  ContainerOptions container_;
  PullFlags pull_;
};

} // namespace

std::unique_ptr<Verb> make_unpack() { return std::make_unique<Unpack>(); }

} // namespace oci::cli
