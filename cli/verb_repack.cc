// oci repack NAME [BUNDLE], umoci repack --image DIR:TAG BUNDLE: what changed in a bundle becomes a layer.
#include "cli/edit_verbs.h"
#include "cli/history_options.h"
#include "cli/image_place.h"
#include "cli/repack_data.h"

#include "base/error.h"
#include "base/files.h"
#include "base/stop_signals.h"
#include "base/sys.h"

#include <algorithm>

namespace oci::cli {

namespace {

class Repack final : public Verb {
public:
  void declare(Command& command) override {
    command.option("--mask-path", "PATH", "leave out what changed there and beneath", mask_paths_);
    command.flag("--no-mask-volumes", "do not leave out the image's volumes", no_mask_volumes_);
    command.flag("--refresh-bundle", "let the bundle be one of the new image", refresh_);
    history_.declare(command);
    command.option("--compress", "HOW", "auto, none, gzip or zstd", compress_);
    image_.declare(command);
    command.words(0, any_number, {"NAME", "BUNDLE"});
  }

  int run(const Globals& globals, const Command&, Words words) override {
    history_.check();
    const CompressChoice compress = parse_compress(compress_);
    time_ = spec::build_time();
    if (image_.image) expect_words(words, {"BUNDLE"});
    ImagePlace place = image_.open(globals, words, ImagePlace::Use::change);
    if (words.empty()) words.emplace_back("bundle");
    expect_words(words, {"BUNDLE"});
    if (words[0].empty()) fail("the bundle's name is empty");
    with_context(cat("bundle ", printable(words[0])), [&] { pack(globals, place, words[0], compress); });
    return 0;
  }

private:
  void pack(const Globals& globals, ImagePlace& place, const std::string& path, CompressChoice compress) {
    const Fd bundle = check(sys::open(path, O_RDONLY | O_DIRECTORY), "open");
    RepackData data = read_repack_data(bundle.get());
    spec::WalkedImage walked{data.origin.from, {}};
    walked.image = spec::load_image(place.layout(), data.origin.from.back(), spec::host_platform());
    spec::ImageEdit edit(place.layout(), std::move(walked));

    const Fd rootfs = open_rootfs(bundle.get());
    const StopSignals stop;
    auto deltas = unpack::changes_since(std::move(data.before), rootfs.get(), {true, stop.fd()});
    mask(deltas, edit.config);
    if (!deltas.empty()) {
      unpack::LayerBlob blob(place.layout(), choose_compression(compress, edit.manifest));
      unpack::LayerWriter writer(blob, {{data.origin.maps.uids, data.origin.maps.gids, data.origin.rootless, false},
                                        time_.fixed ? std::optional(time_.seconds) : std::nullopt,
                                        stop.fd()});
      unpack::write_changes(writer, rootfs.get(), deltas);
      writer.finish();
      unpack::NewLayer layer = blob.finish();
      edit.add_layer(std::move(layer.descriptor), std::move(layer.diff_id));
    }
    history_.add_to(edit, globals, "repack", time_, deltas.empty());
    spec::DescriptorWalk walk = edit.commit();
    place.tag(place.name(), walk);
    if (refresh_) refresh(bundle.get(), data.origin, std::move(walk), place.name());
  }

  void mask(std::vector<unpack::Delta>& deltas, const spec::ImageConfig& config) const {
    Words masks = mask_paths_;
    if (!no_mask_volumes_ && config.config)
      masks.insert(masks.end(), config.config->volumes.keys.begin(), config.config->volumes.keys.end());
    for (std::string& path : masks) path = clean_path(cat('/', path)).substr(1);
    std::erase_if(deltas, [&](const unpack::Delta& delta) {
      return std::any_of(masks.begin(), masks.end(),
                         [&](const std::string& path) { return unpack::is_at_or_beneath(delta.path, path); });
    });
  }

  static void refresh(int bundle, const spec::UmociBundle& origin, spec::DescriptorWalk walk, const std::string& name) {
    walk.front().annotations[std::string(spec::ref_name_annotation)] = name;
    write_repack_data(bundle, walk, {origin.maps.uids, origin.maps.gids, origin.rootless, false});
    const std::string old = spec::mtree_file(origin.from);
    if (old != spec::mtree_file(walk)) (void)sys::unlinkat(bundle, old);
  }

  Words mask_paths_;
  bool no_mask_volumes_ = false, refresh_ = false;
  std::string compress_ = "auto";
  HistoryOptions history_;
  ImageOption image_;
  spec::BuildTime time_;
};

} // namespace

std::unique_ptr<Verb> make_repack() { return std::make_unique<Repack>(); }

} // namespace oci::cli
