// umoci unpack --image DIR:TAG BUNDLE and raw unpack: a bundle that can be packed again, or a rootfs alone.
#include "cli/bundle_in_making.h"
#include "cli/container_options.h"
#include "cli/edit_verbs.h"
#include "cli/image_place.h"
#include "cli/repack_data.h"
#include "cli/unpack_bundle.h"

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "base/stop_signals.h"
#include "base/sys.h"

#include <algorithm>
#include <unistd.h>

namespace oci::cli {

namespace {

// What umoci's two unpacks take.
struct Mapping {
  UnpackFlags flags;
  void declare(Command& command) {
    command.flag("--keep-dirlinks", "a folder over a link to a folder goes where the link leads", flags.keep_dirlinks);
    declare_ids(command);
  }
  void declare_ids(Command& command) {
    command.option("--uid-map", "IN:HOST[:SIZE]", "whose here a user id of the image is; may be repeated",
                   flags.uid_maps);
    command.option("--gid-map", "IN:HOST[:SIZE]", "the same of group ids", flags.gid_maps);
    command.flag("--rootless", "all files are yours; the image's owners are kept in an attribute", flags.rootless);
  }
  unpack::Options options() {
    // umoci takes one of them alone: the other ids are then as they are.
    const Words everyone = {"0:0:4294967295"};
    if (!flags.rootless && flags.uid_maps.empty() != flags.gid_maps.empty())
      (flags.uid_maps.empty() ? flags.uid_maps : flags.gid_maps) = everyone;
    return flags.options();
  }
};

// With a terminal, as umoci has it; a caller without rights gets no network of his own.
ContainerOptions terminal_options(const spec::ImageConfig& image, const unpack::Ids& ids) {
  ContainerOptions options;
  options.request = bundle_request({}, image, ids);
  options.request.tty = true;
  if (ids.rootless) options.request.net = "host";
  return options;
}

// umoci's bundles: an empty tmpfs for each of the image's volumes, and no group that /etc/group does not give, which a
// caller without rights could not set anyway.
void follow_umoci(spec::RuntimeConfig& config, const spec::ImageConfig& image, const unpack::Ids& ids) {
  if (config.process) {
    spec::User& user = config.process->user;
    if (ids.rootless) user.additional_gids.clear();
    user.additional_gids.erase(std::remove(user.additional_gids.begin(), user.additional_gids.end(), user.gid),
                               user.additional_gids.end());
  }
  if (!image.config) return;
  for (const std::string& volume : image.config->volumes.keys) {
    spec::Mount& mount = config.mounts.emplace_back();
    mount.destination = volume;
    mount.type = "tmpfs";
    mount.source = "none";
    mount.options = {"rw", "nosuid", "nodev", "noexec", "relatime"};
  }
}

class LayoutUnpack final : public Verb {
public:
  void declare(Command& command) override {
    mapping_.declare(command);
    image_.declare(command);
    command.words(0, any_number, {"BUNDLE"});
  }
  int run(const Globals& globals, const Command&, Words words) override {
    unpack::Options options = mapping_.options();
    expect_words(words, {"BUNDLE"});
    if (words[0].empty()) fail("the bundle's name is empty");
    Words none;
    ImagePlace place = image_.open(globals, none, ImagePlace::Use::read);
    const spec::WalkedImage walked = place.load();
    unpack_to(words[0], place.layout(), walked, options);
    return 0;
  }

private:
  static void unpack_to(const std::string& path, const spec::Layout& layout, const spec::WalkedImage& walked,
                        unpack::Options& options) {
    BundleInMaking bundle(path);
    options.stop_fd = bundle.stop().fd();
    unpack::Progress silent;
    unpack::unpack_image(layout, walked.image, bundle.fd(), options, silent);
    bundle.has_rootfs(options.ids);
    write_config(bundle.fd(), walked.image.config, options.ids);
    write_repack_data(bundle.fd(), walked.walk, options.ids);
    bundle.commit();
  }

  static void write_config(int bundle, const spec::ImageConfig& image, const unpack::Ids& ids) {
    const Fd rootfs = check(sys::openat(bundle, "rootfs", O_PATH | O_DIRECTORY), "open the bundle's rootfs");
    const ContainerOptions container = terminal_options(image, ids);
    specgen::Generated generated = generate_config(image, container.engine(), container, rootfs.get());
    follow_umoci(generated.config, image, ids);
    write_generated(bundle, generated);
  }

  ImageOption image_;
  Mapping mapping_;
};

// A rootfs at a path of the user's: made in a folder beside it, then moved there.
class RawUnpack final : public Verb {
public:
  void declare(Command& command) override {
    mapping_.declare(command);
    image_.declare(command);
    command.words(0, any_number, {"ROOTFS"});
  }
  int run(const Globals& globals, const Command&, Words words) override {
    unpack::Options options = mapping_.options();
    expect_words(words, {"ROOTFS"});
    if (words[0].empty()) fail("the rootfs' name is empty");
    Words none;
    ImagePlace place = image_.open(globals, none, ImagePlace::Use::read);
    const spec::WalkedImage walked = place.load();
    unpack_to(words[0], place.layout(), walked.image, options);
    return 0;
  }

private:
  static void unpack_to(const std::string& path, const spec::Layout& layout, const spec::Image& image,
                        unpack::Options& options) {
    const std::string folder = parent_path(path), name = base_name(path);
    const Fd parent = make_dirs(folder);
    if (const auto there = sys::unlinkat(parent.get(), name, AT_REMOVEDIR); !there && there.error() != ENOENT)
      fail_errno(there.error(), cat("make rootfs ", path));
    const StopSignals stop;
    options.stop_fd = stop.fd();
    const TempDir scratch(parent.get(), ".oci-unpack-");
    unpack::Progress silent;
    unpack::unpack_image(layout, image, scratch.fd(), options, silent);
    check(sys::renameat2(scratch.fd(), "rootfs", parent.get(), name, RENAME_NOREPLACE), "make rootfs ", path);
  }

  ImageOption image_;
  Mapping mapping_;
};

// config.json alone.
class RuntimeConfig final : public Verb {
public:
  void declare(Command& command) override {
    command.option("--rootfs", "DIR", "where users and groups are looked up", rootfs_);
    mapping_.declare_ids(command);
    image_.declare(command);
    command.words(0, any_number, {"CONFIG.JSON"});
  }
  int run(const Globals& globals, const Command&, Words words) override {
    const unpack::Options options = mapping_.options();
    expect_words(words, {"CONFIG.JSON"});
    if (words[0].empty()) fail("the file's name is empty");
    Words none;
    ImagePlace place = image_.open(globals, none, ImagePlace::Use::read);
    const spec::ImageConfig config = place.load().image.config;
    ContainerOptions container = terminal_options(config, options.ids);
    Fd rootfs;
    if (rootfs_) {
      rootfs = check(sys::open(*rootfs_, O_PATH | O_DIRECTORY), "open ", *rootfs_);
    } else if (config.config && names_user(config.config->user)) {
      log::warning("without --rootfs the user ", printable(config.config->user), " is not known: root is taken");
      container.request.user = "0:0";
    }
    const Fd folder = check(sys::open(parent_path(words[0]), O_PATH | O_DIRECTORY), "open ", parent_path(words[0]));
    specgen::Generated generated = generate_config(config, container.engine(), container, rootfs.get());
    follow_umoci(generated.config, config, options.ids);
    for (const std::string& warning : generated.warnings) log::warning(warning);
    write_file_atomic(folder.get(), base_name(words[0]), specgen::config_text(generated.config), 0644);
    return 0;
  }

private:
  static bool names_user(const std::string& user) { return user.find_first_not_of("0123456789:") != std::string::npos; }

  std::optional<std::string> rootfs_;
  ImageOption image_;
  Mapping mapping_;
};

} // namespace

std::unique_ptr<Verb> make_raw_config() { return std::make_unique<RuntimeConfig>(); }
std::unique_ptr<Verb> make_layout_unpack() { return std::make_unique<LayoutUnpack>(); }
std::unique_ptr<Verb> make_raw_unpack() { return std::make_unique<RawUnpack>(); }

} // namespace oci::cli
