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

// A caller without rights has the host's network and what hangs on it: no sysfs of his own, and the host's resolver.
void follow_umoci_rootless(spec::RuntimeConfig& config) {
  std::erase_if(config.mounts, [](const spec::Mount& mount) {
    return mount.destination == "/sys" || mount.destination == "/sys/fs/cgroup" ||
           mount.destination.starts_with("/etc/");
  });
  const auto bind = [&](std::string path, std::vector<std::string> options) {
    spec::Mount& mount = config.mounts.emplace_back();
    mount.destination = mount.source = std::move(path);
    mount.type = "bind";
    mount.options = std::move(options);
  };
  bind("/sys", {"rbind", "nosuid", "noexec", "nodev", "ro"});
  bind("/etc/resolv.conf", {"rbind", "ro"});
}

// umoci's bundles: an empty tmpfs for each of the image's volumes, and no group that /etc/group does not give, which a
// caller without rights could not set anyway.
void follow_umoci(spec::RuntimeConfig& config, const spec::ImageConfig& image, const unpack::Ids& ids) {
  config.hostname = "umoci-default";
  if (ids.rootless) follow_umoci_rootless(config);
  spec::User& user = config.process->user;
  if (ids.rootless) user.additional_gids.clear();
  user.additional_gids.erase(std::remove(user.additional_gids.begin(), user.additional_gids.end(), user.gid),
                             user.additional_gids.end());
  if (!image.config) return;
  Words args = image.config->entrypoint;
  args.insert(args.end(), image.config->cmd.begin(), image.config->cmd.end());
  if (!args.empty()) config.process->args = std::move(args);
  for (const std::string& volume : image.config->volumes.keys) {
    spec::Mount& mount = config.mounts.emplace_back();
    mount.destination = volume;
    mount.type = "tmpfs";
    mount.source = "none";
    mount.options = {"rw", "nosuid", "nodev", "noexec", "relatime"};
  }
}

bool names_user(const spec::ImageConfig& image) {
  return image.config && image.config->user.find_first_not_of("0123456789:") != std::string::npos;
}

// config.json as umoci has it: with a terminal, the image's command whatever it is, and nothing beside it. Without a
// rootfs (-1) a user by name is root.
specgen::Generated umoci_config(spec::ImageConfig image, const unpack::Ids& ids, int rootfs) {
  const spec::ImageConfig whole = image;
  if (image.config) {
    image.config->entrypoint.clear();
    image.config->cmd.clear();
  }
  ContainerOptions options;
  options.request = bundle_request({}, image, ids);
  options.request.tty = true;
  if (ids.rootless) options.request.net = "host";
  if (rootfs < 0 && names_user(image)) {
    log::warning("without --rootfs the user ", printable(image.config->user), " is not known: root is taken");
    options.request.user = "0:0";
  }
  specgen::Generated generated = generate_config(image, options.engine(), options, rootfs);
  generated.files.clear();
  follow_umoci(generated.config, whole, ids);
  return generated;
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
    write_generated(bundle, umoci_config(image, ids, rootfs.get()));
  }

  ImageOption image_;
  Mapping mapping_;
};

// A rootfs at a path of the user's: made in a folder beside it, then moved there. Where there is something already the
// layers go upon that.
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
    const StopSignals stop;
    options.stop_fd = stop.fd();
    const std::string folder = parent_path(path), name = base_name(path);
    const Fd parent = make_dirs(folder);
    // An empty folder is replaced, so that a failure leaves nothing; in any other it leaves what was made till then.
    const auto removed = sys::unlinkat(parent.get(), name, AT_REMOVEDIR);
    if (!removed && removed.error() != ENOENT) {
      const Fd there = check(sys::open(path, O_RDONLY | O_DIRECTORY), "open rootfs ", path);
      options.onto = there.get();
      return unpack_in(there.get(), layout, image, options);
    }
    const TempDir scratch(parent.get(), ".oci-unpack-");
    unpack_in(scratch.fd(), layout, image, options);
    check(sys::renameat2(scratch.fd(), "rootfs", parent.get(), name, RENAME_NOREPLACE), "make rootfs ", path);
  }

  static void unpack_in(int folder, const spec::Layout& layout, const spec::Image& image,
                        const unpack::Options& options) {
    unpack::Progress silent;
    unpack::unpack_image(layout, image, folder, options, silent);
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
    Fd rootfs;
    if (rootfs_) rootfs = open_source_of_users(*rootfs_, config);
    specgen::Generated generated = umoci_config(config, options.ids, rootfs.get());
    generated.config.root->path = rootfs_.value_or(".");
    for (const std::string& warning : generated.warnings) log::warning(warning);
    write_output_file(words[0], specgen::config_text(generated.config), 0644);
    return 0;
  }

private:
  // One that is not there matters to a user by name alone.
  static Fd open_source_of_users(const std::string& path, const spec::ImageConfig& image) {
    Result<Fd> opened = sys::open(path, O_PATH | O_DIRECTORY);
    if (!opened && opened.error() == ENOENT && !names_user(image)) return {};
    return check(std::move(opened), "open ", path);
  }

  std::optional<std::string> rootfs_;
  ImageOption image_;
  Mapping mapping_;
};

} // namespace

std::unique_ptr<Verb> make_raw_config() { return std::make_unique<RuntimeConfig>(); }
std::unique_ptr<Verb> make_layout_unpack() { return std::make_unique<LayoutUnpack>(); }
std::unique_ptr<Verb> make_raw_unpack() { return std::make_unique<RawUnpack>(); }

} // namespace oci::cli
