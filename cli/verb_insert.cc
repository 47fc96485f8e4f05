// umoci insert and raw add-layer: a layer of a given tree, or of a given tar.
#include "cli/edit_verbs.h"
#include "cli/history_options.h"
#include "cli/image_place.h"
#include "cli/repack_data.h"
#include "cli/unpack_bundle.h"

#include "base/error.h"
#include "base/files.h"
#include "base/stop_signals.h"
#include "base/sys.h"

namespace oci::cli {

namespace {

// What both have: an image gets one more layer, by whatever writes its tar.
class LayerVerb : public Verb {
public:
  void declare(Command& command) override {
    image_.declare_tag(command);
    history_.declare(command);
    command.option("--compress", "HOW", "auto, none, gzip or zstd", compress_);
    image_.declare(command);
  }

protected:
  void check_options() {
    history_.check();
    choice_ = parse_compress(compress_);
    time_ = spec::build_time();
  }

  ImagePlace open(const Globals& globals, Words& words) const {
    return image_.open(globals, words, ImagePlace::Use::change);
  }

  bool in_layout() const { return image_.image.has_value(); }

  template <class Write>
  void add_layer(const Globals& globals, ImagePlace& place, std::string_view verb, Write&& write) {
    const std::string name = image_.result_name(place);
    spec::ImageEdit edit(place.layout(), place.load());
    unpack::LayerBlob blob(place.layout(), choose_compression(choice_, edit.manifest));
    write(blob);
    unpack::NewLayer layer = blob.finish();
    edit.add_layer(std::move(layer.descriptor), std::move(layer.diff_id));
    history_.add_to(edit, globals, verb, time_, false);
    place.tag(name, edit.commit());
  }

  std::optional<std::int64_t> newest() const { return time_.fixed ? std::optional(time_.seconds) : std::nullopt; }

private:
  std::string compress_ = "auto";
  CompressChoice choice_ = CompressChoice::automatic;
  HistoryOptions history_;
  ImageOption image_;
  spec::BuildTime time_;
};

class Insert final : public LayerVerb {
public:
  void declare(Command& command) override {
    command.flag("--whiteout", "remove TARGET from the image", whiteout_);
    command.flag("--opaque", "hide what the image has in TARGET", opaque_);
    command.option("--uid-map", "IN:HOST[:SIZE]", "whose here a user id of the image is; may be repeated",
                   mapping_.uid_maps);
    command.option("--gid-map", "IN:HOST[:SIZE]", "the same of group ids", mapping_.gid_maps);
    command.flag("--rootless", "your files are the image's root's", mapping_.rootless);
    LayerVerb::declare(command);
    command.words(0, any_number, {"NAME", "SOURCE", "TARGET"});
  }

  int run(const Globals& globals, const Command&, Words words) override {
    check_options();
    const Words names = whiteout_ ? Words{"TARGET"} : Words{"SOURCE", "TARGET"};
    if (in_layout()) expect_words(words, names);
    ImagePlace place = open(globals, words);
    expect_words(words, names);
    if (words.back().empty()) fail("TARGET is empty");
    const std::string target = clean_path(cat('/', words.back())).substr(1);
    const StopSignals stop;
    add_layer(globals, place, "insert", [&](Sink& tar) {
      unpack::LayerWriter writer(tar, {ids(), newest(), stop.fd()});
      if (whiteout_) {
        writer.whiteout(target);
      } else {
        if (opaque_) writer.opaque(target);
        write_source(writer, words[0], target);
      }
      writer.finish();
    });
    return 0;
  }

private:
  // The caller's own files are as they are, unless he said otherwise.
  unpack::Ids ids() const {
    const bool mapped = mapping_.rootless || !mapping_.uid_maps.empty() || !mapping_.gid_maps.empty();
    return mapped ? mapping_.options().ids : unpack::Ids();
  }

  static void write_source(unpack::LayerWriter& writer, const std::string& source, const std::string& target) {
    with_context(cat("insert ", printable(source)), [&] {
      const std::string path = clean_path(source);
      const bool is_folder_itself = path == "." || path == "/" || path == ".." || path.ends_with("/..");
      const std::string folder = is_folder_itself ? path : parent_path(path);
      const Fd root = check(sys::open(folder, O_RDONLY | O_DIRECTORY), "open");
      writer.add_tree(root.get(), is_folder_itself ? "" : base_name(path), target);
    });
  }

  bool whiteout_ = false, opaque_ = false;
  UnpackFlags mapping_;
};

class AddLayer final : public LayerVerb {
public:
  void declare(Command& command) override {
    LayerVerb::declare(command);
    command.words(0, any_number, {"LAYER.TAR"});
  }

  int run(const Globals& globals, const Command&, Words words) override {
    check_options();
    expect_words(words, {"LAYER.TAR"});
    const Fd file = check(sys::open(words[0], O_RDONLY | O_NONBLOCK), "open layer ", words[0]);
    if (!S_ISREG(check(sys::fstat(file.get()), "stat").st_mode)) fail("layer ", words[0], ": not a regular file");
    Words none;
    ImagePlace place = open(globals, none);
    add_layer(globals, place, "raw add-layer", [&](Sink& tar) {
      FdSource source(file.get(), words[0]);
      std::vector<std::byte> buffer(256u << 10);
      while (const std::size_t count = source.read(buffer)) tar.write(Bytes(buffer).first(count));
    });
    return 0;
  }
};

} // namespace

std::unique_ptr<Verb> make_insert() { return std::make_unique<Insert>(); }
std::unique_ptr<Verb> make_raw_add_layer() { return std::make_unique<AddLayer>(); }

} // namespace oci::cli
