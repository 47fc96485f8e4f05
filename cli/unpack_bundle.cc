#include "cli/unpack_bundle.h"

#include "base/error.h"
#include "base/text.h"
#include "cli/bundle_in_making.h"
#include "cli/layer_feed.h"
#include "cli/repack_data.h"
#include "fetch/fetch.h"

#include <algorithm>
#include <optional>
#include <string_view>
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

std::uint64_t parse_number(std::string_view flag, std::string_view text, std::string_view word) {
  const std::optional<std::uint64_t> number = parse_unsigned(word);
  if (!number || *number > UINT32_MAX) fail(flag, " ", printable(text), ": not ids, as in 0:100000:65536");
  return *number;
}

// umoci's order: the image's id, the host's, how many.
IdMap parse_maps(std::string_view flag, const Words& texts) {
  IdMap map;
  for (const std::string& text : texts) {
    const std::vector<std::string> parts = split(text, ':');
    if (parts.size() < 2 || parts.size() > 3) fail(flag, " ", printable(text), ": not IN:HOST[:SIZE]");
    auto number = [&](std::size_t i) { return static_cast<std::uint32_t>(parse_number(flag, text, parts[i])); };
    map.push_back({number(0), number(1), parts.size() == 3 ? number(2) : 1});
  }
  with_context(flag, [&] { check_id_map(map); });
  return map;
}

IdMap parse_shift(const std::string& text) {
  const std::vector<std::string> parts = split(text, ':');
  if (parts.size() != 2) fail("--id-shift ", printable(text), ": not BASE:LEN, as in 100000:65536");
  return parse_maps("--id-shift", {cat("0:", text)});
}

// Who has subordinate ids gives the image's owners those; who has none owns all.
void choose_for_user(unpack::Ids& ids) {
  ids.user_namespace = true;
  if (!ids.uids.empty()) return;
  if (std::optional<UserMaps> maps = subordinate_maps()) {
    ids.uids = std::move(maps->uids);
    ids.gids = std::move(maps->gids);
    return;
  }
  ids = {{{0, ::geteuid(), 1}}, {{0, ::getegid(), 1}}, true, false};
}

template <class N>
void set_limit(std::string_view flag, const std::string& text, N& limit) {
  if (text.empty()) return;
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string suffix = to_lower(text.substr(digits));
  const std::size_t power = std::string_view(" kmgt").find(suffix.empty() ? ' ' : suffix[0]);
  const std::optional<std::uint64_t> number = parse_unsigned(text.substr(0, digits));
  if (!number || suffix.size() > 1 || power > 4 || *number > (UINT64_MAX >> (10 * power)))
    fail(flag, " ", printable(text), ": not a number, or one with k, m, g or t");
  limit = static_cast<N>(*number << (10 * power));
}

std::vector<spec::IdMapping> mappings_of(const IdMap& map) {
  std::vector<spec::IdMapping> mappings;
  for (const IdRange& range : map) {
    spec::IdMapping& mapping = mappings.emplace_back();
    mapping.container_id = range.inside;
    mapping.host_id = range.outside;
    mapping.size = range.size;
  }
  return mappings;
}

// A bundle is a thing to be edited, so an image without a command is none the worse for it; as umoci has it.
bool names_no_command(const spec::ImageConfig& image, const specgen::Request& request) {
  const bool image_does = image.config && (!image.config->entrypoint.empty() || !image.config->cmd.empty());
  return !image_does && request.command.empty() && !request.entrypoint;
}

} // namespace

void UnpackFlags::declare(Command& command) {
  command.option("-b,--bundle", "DIR", "where the bundle goes (default ./bundle)", bundle);
  command.flag("--rootfs-only", "make no config.json", rootfs_only);
  command.flag("--mtree", "keep in the bundle what `oci repack` needs", mtree);
  command.flag("--rootless", "all files are yours; the image's owners are kept in an attribute", rootless);
  command.option("--uid-map", "IN:HOST[:SIZE]", "whose here a user id of the image is; may be repeated", uid_maps);
  command.option("--gid-map", "IN:HOST[:SIZE]", "the same of group ids", gid_maps);
  command.option("--id-shift", "BASE:LEN", "both maps: the image's ids 0 to LEN-1 are BASE and up here", id_shift);
  command.flag("--keep-dirlinks", "a folder over a link to a folder goes where the link leads", keep_dirlinks);
  command.flag("--keep-labels", "keep the image's security.selinux, security.ima and security.evm", keep_labels);
  command.option("--max-entries", "N", "refuse images with more entries (default 10000000)", max_entries);
  command.option("--max-bytes", "SIZE", "refuse images with more content (default 256g)", max_bytes);
  command.option("--max-depth", "N", "refuse names of more folders (default 1024)", max_depth);
  command.option("--max-header", "SIZE", "refuse longer extended headers (default 1m)", max_header);
  command.option("--max-xattr", "SIZE", "refuse longer extended attributes (default 64k)", max_xattr);
  command.option("--max-memory", "SIZE", "refuse images whose folders' and files' names take more (default 48m)",
                 max_memory);
}

std::string UnpackFlags::path(const std::string* word) const {
  if (!word) return bundle.empty() ? "bundle" : bundle;
  if (!bundle.empty()) fail("the bundle is named twice: ", bundle, " and ", printable(*word));
  if (word->empty()) fail("the bundle's name is empty");
  return *word;
}

unpack::Options UnpackFlags::options() const {
  unpack::Options options;
  options.limits = limits();
  options.ids = ids();
  options.keep_dirlinks = keep_dirlinks;
  options.keep_labels = keep_labels;
  return options;
}

unpack::Ids UnpackFlags::ids() const {
  unpack::Ids ids;
  ids.rootless = rootless;
  ids.uids = parse_maps("--uid-map", uid_maps);
  ids.gids = parse_maps("--gid-map", gid_maps);
  if (ids.uids.empty() != ids.gids.empty() && !rootless) fail("--uid-map and --gid-map go together");
  if (!id_shift.empty()) {
    if (rootless || !ids.uids.empty()) fail("--id-shift does not go with --rootless, --uid-map or --gid-map");
    ids.uids = ids.gids = parse_shift(id_shift);
  }
  if (rootless) {
    if (ids.uids.empty()) ids.uids = {{0, ::geteuid(), 1}};
    if (ids.gids.empty()) ids.gids = {{0, ::getegid(), 1}};
  } else if (::geteuid() != 0) {
    choose_for_user(ids);
  }
  return ids;
}

unpack::Limits UnpackFlags::limits() const {
  unpack::Limits limits;
  set_limit("--max-entries", max_entries, limits.entries);
  set_limit("--max-bytes", max_bytes, limits.bytes);
  set_limit("--max-depth", max_depth, limits.path_depth);
  set_limit("--max-header", max_header, limits.pax_record_bytes);
  set_limit("--max-xattr", max_xattr, limits.xattr_bytes);
  set_limit("--max-memory", max_memory, limits.memory);
  return limits;
}

specgen::Request bundle_request(specgen::Request request, const spec::ImageConfig& image, const unpack::Ids& ids) {
  request.uid_mappings = mappings_of(ids.uids);
  request.gid_mappings = mappings_of(ids.gids);
  if (names_no_command(image, request)) request.command = {"sh"};
  return request;
}

void BundleMaker::from_stored(const spec::Image& image) {
  const FileLock lock = store.use();
  BundleInMaking bundle(path);
  const auto shown = pull.progress.make();
  {
    options.stop_fd = bundle.stop().fd();
    LayerProgress progress(*shown, image.manifest);
    unpack::unpack_image(store.layout(), image, bundle.fd(), options, progress);
  }
  bundle.has_rootfs(options.ids);
  write_config(bundle.fd(), image);
  bundle.commit();
}

spec::Image BundleMaker::from_pull(const std::string& name) {
  const FileLock lock = store.use();
  LayerFeed feed(store, path, options);
  const auto shown = pull.progress.make();
  const auto unpacked = [&]() -> BundleInMaking& {
    return with_context(cat("unpack ", printable(name)), [&]() -> BundleInMaking& { return feed.finish(*shown); });
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
  const bool command_of_template = container.template_file && container.request.command.empty();
  container.request = bundle_request(container.request, image.config, options.ids);
  if (command_of_template) container.request.command.clear();
  write_bundle_config(bundle, image.config, container);
  if (unpack.mtree) write_repack_data(bundle, {image.descriptor}, options.ids);
}

} // namespace oci::cli
