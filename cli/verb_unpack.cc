// oci unpack [IMAGE [BUNDLE]]: the rootfs by unpack, config.json by specgen.
#include "cli/image_verbs.h"
#include "cli/unpack_bundle.h"

#include "base/error.h"

#include <algorithm>
#include <cstdio>

namespace oci::cli {

namespace {

class Unpack final : public Verb {
public:
  void declare(Command& command) override {
    unpack_.declare(command);
    container_.declare(command);
    pull_.declare(command);
    command.words(0, any_number, {"IMAGE", "BUNDLE"});
  }

  int run(const Globals& globals, const Command& command, Words words) override {
    const std::size_t named = std::min(command.words_before_dashes().value_or(words.size()), words.size());
    if (named > 2)
      throw Error(cat("unexpected argument ", printable(words[2]))).with_hint("a command follows after --");
    if (!unpack_.rootfs_only) container_.put_over_defaults(command);
    container_.request.command.assign(words.begin() + static_cast<std::ptrdiff_t>(named), words.end());
    if (const auto& root = container_.request.idroot; root && unpack_.id_shift.empty())
      unpack_.id_shift = cat(*root, ":", container_.request.idlen.value_or("65536")); // the files' owners as well
    const std::string bundle_path = unpack_.path(named == 2 ? &words[1] : nullptr);

    spec::Store store = spec::Store::open_or_create(spec::Store::locate(globals.store));
    const std::string name = named > 0 ? words[0] : store.last_reference();
    if (name.empty())
      throw Error("unpack: no image was named, and none was pulled yet").with_hint("oci pull IMAGE first");
    const FileLock in_use = store.use(); // from here on gc leaves the image alone
    BundleMaker maker{store, pull_, unpack_, container_, bundle_path};
    if (auto stored = stored_image(store, name, pull_)) {
      with_context(cat("unpack ", name), [&] { maker.from_stored(*stored); });
    } else {
      maker.from_pull(name);
    }
    std::printf("%s\n", bundle_path.c_str());
    return 0;
  }

private:
  UnpackFlags unpack_;
  ContainerOptions container_;
  PullFlags pull_;
};

} // namespace

std::unique_ptr<Verb> make_unpack() { return std::make_unique<Unpack>(); }

} // namespace oci::cli
