// Where the image is that a verb reads or changes: in any layout, by umoci's --image, or in the store, by its name.
#pragma once

#include "cli/args.h"
#include "cli/globals.h"
#include "spec/image_edit.h"
#include "spec/store.h"

#include <optional>
#include <string>

namespace oci::cli {

// "DIR[:TAG]" divided at the first colon; the tag is "latest" when there is none. Throws for what is no such thing.
struct LayoutName {
  std::string path, tag;
};
LayoutName parse_layout_name(const std::string& text);

// The value of --layout: a path without a colon.
std::string parse_layout_path(const std::optional<std::string>& value);

// Throws for what is no whole layout.
spec::Layout open_layout(const std::string& path);

class ImagePlace {
public:
  enum class Use { read, change }; // change: gc keeps off as long as this object lives

  // Opens the layout of `image` (--image) when it was given, else the store, whose image `word` names.
  ImagePlace(const Globals& globals, const std::optional<std::string>& image, const std::string& word, Use use);

  spec::Layout& layout() { return store_ ? store_->layout() : *layout_; }
  const std::string& name() const { return name_; }
  bool in_store() const { return store_.has_value(); }
  std::optional<spec::Descriptor> find();
  spec::WalkedImage load(); // exit code 2 when the store has no such image

  // Checks a further name for this place and gives it its full form; `flag` is named in the error.
  std::string other_name(std::string_view flag, const std::string& text) const;
  // Tags what an edit wrote.
  void tag(const std::string& name, const spec::DescriptorWalk& walk);

private:
  std::optional<spec::Store> store_;
  std::optional<spec::Layout> layout_;
  std::string name_;
  FileLock lock_;
};

// --image and, for verbs that make a new image of an old one, --tag.
struct ImageOption {
  std::optional<std::string> image, new_tag;

  void declare(Command& command);
  void declare_tag(Command& command);
  // The words that follow the image's name: with --image all of them. Throws when neither names an image.
  ImagePlace open(const Globals& globals, Words& words, ImagePlace::Use use) const;
  // The name for the result of a change.
  std::string result_name(const ImagePlace& place) const;
};

// Words as umoci counts them: throws when there are not as many.
void expect_words(const Words& words, const Words& names);

} // namespace oci::cli
