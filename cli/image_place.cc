#include "cli/image_place.h"

#include "base/error.h"
#include "spec/image_record.h"
#include "spec/reference.h"

namespace oci::cli {

namespace {

// gc of a layout takes it exclusively.
FileLock lock_layout(const spec::Layout& layout, FileLock::Mode mode) {
  return with_context(cat("image layout ", layout.path()),
                      [&] { return FileLock::take(layout.fd(), "oci-layout", mode); });
}

} // namespace

spec::Layout open_layout(const std::string& path) {
  spec::Layout layout = spec::Layout::open(path);
  (void)layout.blobs_folder();
  return layout;
}

LayoutName parse_layout_name(const std::string& text) {
  const std::size_t colon = text.find(':');
  LayoutName name{text.substr(0, colon), colon == std::string::npos ? "latest" : text.substr(colon + 1)};
  if (name.path.empty()) fail("--image ", printable(text), ": the path is empty");
  if (!spec::is_ref_name(name.tag))
    fail("--image ", printable(text), ": \"", printable(name.tag), "\" cannot be a tag");
  return name;
}

std::string parse_layout_path(const std::optional<std::string>& value) {
  if (!value) fail("missing option --layout");
  if (value->empty()) fail("--layout: the path is empty");
  if (value->find(':') != std::string::npos) fail("--layout ", printable(*value), ": the path holds a colon");
  return *value;
}

ImagePlace::ImagePlace(const Globals& globals, const std::optional<std::string>& image, const std::string& word,
                       Use use) {
  if (image) {
    LayoutName parsed = parse_layout_name(*image);
    name_ = std::move(parsed.tag);
    layout_ = open_layout(parsed.path);
    if (use == Use::change) lock_ = lock_layout(*layout_, FileLock::Mode::shared);
  } else {
    name_ = spec::Reference::parse(word).text();
    store_ = spec::Store::open_or_create(spec::Store::locate(globals.store));
    lock_ = store_->use();
  }
}

std::optional<spec::Descriptor> ImagePlace::find() { return layout().find(name_); }

spec::WalkedImage ImagePlace::load() {
  const auto top = find();
  if (!top)
    throw Error(cat("there is no image \"", printable(name_), "\" in ", layout().path()))
        .with_exit_code(in_store() ? 2 : 1);
  return spec::walk_to_image(layout(), *top, spec::host_platform());
}

std::string ImagePlace::other_name(std::string_view flag, const std::string& text) const {
  if (in_store()) return spec::Reference::parse(text).text();
  if (text.empty()) fail(flag, ": the tag is empty");
  if (!spec::is_ref_name(text)) fail(flag, " ", printable(text), ": this cannot be a tag");
  return text;
}

void ImagePlace::tag(const std::string& name, const spec::DescriptorWalk& walk) {
  layout().tag(name, walk.front());
  if (!in_store()) return;
  const spec::Image image = spec::load_image(layout(), walk.back(), spec::host_platform());
  spec::write_image_record(*store_, image.descriptor, image.config_blob.bytes);
}

void ImageOption::declare(Command& command) {
  command.option("--image", "DIR[:TAG]", "an image of this layout, instead of one of the store", image);
}

void ImageOption::declare_tag(Command& command) {
  command.option("--tag", "NAME", "the changed image's name (default: the same)", new_tag);
}

ImagePlace ImageOption::open(const Globals& globals, Words& words, ImagePlace::Use use) const {
  if (image) return {globals, image, "", use};
  if (globals.personality == Personality::umoci) fail("missing option --image");
  if (words.empty()) throw Error("no image is named").with_hint("name one of the store, or --image DIR:TAG");
  const std::string word = words.front();
  words.erase(words.begin());
  return {globals, std::nullopt, word, use};
}

std::string ImageOption::result_name(const ImagePlace& place) const {
  return new_tag ? place.other_name("--tag", *new_tag) : place.name();
}

void expect_words(const Words& words, const Words& names) {
  if (words.size() < names.size()) fail("missing argument ", names[words.size()]);
  if (words.size() > names.size()) fail("unexpected argument ", printable(words[names.size()]));
}

} // namespace oci::cli
