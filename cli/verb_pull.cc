// oci pull IMAGE; with --unpack the layers become a bundle while they arrive.
#include "cli/image_verbs.h"
#include "cli/unpack_bundle.h"

#include "base/error.h"

#include <cstdio>

namespace oci::cli {

namespace {

class Pull final : public Verb {
public:
  void declare(Command& command) override {
    pull_.declare(command);
    command.flag("--unpack", "unpack into BUNDLE (default ./bundle) while it arrives", with_unpack_);
    unpack_.declare(command);
    command.words(1, 2, {"IMAGE", "BUNDLE"});
  }

  int run(const Globals& globals, const Command&, Words words) override {
    if (!with_unpack_ && (words.size() > 1 || !unpack_.bundle.empty() || unpack_.rootfs_only))
      throw Error("a bundle is named, but nothing is to be unpacked").with_hint("oci pull --unpack IMAGE [BUNDLE]");
    const std::string path = unpack_.path(words.size() > 1 ? &words[1] : nullptr);
    if (with_unpack_ && !unpack_.rootfs_only) container_.put_over_defaults(Command());
    spec::Store store = spec::Store::open_or_create(spec::Store::locate(globals.store));
    const spec::Image image = with_unpack_ ? BundleMaker{store, pull_, unpack_, container_, path}.from_pull(words[0])
                                           : pull_image(store, words[0], pull_);
    std::printf("%s\n", image.descriptor.digest.text().c_str());
    return 0;
  }

private:
  bool with_unpack_ = false;
  PullFlags pull_;
  UnpackFlags unpack_;
  ContainerOptions container_; // a bundle by pull has the defaults
};

} // namespace

std::unique_ptr<Verb> make_pull() { return std::make_unique<Pull>(); }

} // namespace oci::cli
