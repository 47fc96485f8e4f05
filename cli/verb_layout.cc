// What umoci does with the names of a layout: tag, rm, ls, gc.
#include "cli/edit_verbs.h"
#include "cli/image_place.h"
#include "cli/layout_gc.h"

#include "base/error.h"

#include <cstdio>

namespace oci::cli {

namespace {

class Tag final : public Verb {
public:
  void declare(Command& command) override {
    image_.declare(command);
    command.words(0, any_number, {"NEW-TAG"});
  }
  int run(const Globals& globals, const Command&, Words words) override {
    if (image_.image) expect_words(words, {"NEW-TAG"});
    ImagePlace place = image_.open(globals, words, ImagePlace::Use::change);
    const std::string name = place.other_name("tag", words.at(0));
    const auto image = place.find();
    if (!image) fail("there is no image \"", printable(place.name()), "\" in ", place.layout().path());
    place.layout().tag(name, *image);
    return 0;
  }

private:
  ImageOption image_;
};

class Remove final : public Verb {
public:
  void declare(Command& command) override {
    image_.declare(command);
    command.words(0, any_number, {});
  }
  int run(const Globals& globals, const Command&, Words words) override {
    if (image_.image) expect_words(words, {});
    ImagePlace place = image_.open(globals, words, ImagePlace::Use::change);
    (void)spec::untag(place.layout(), place.name()); // one that is not there is no error: as umoci has it
    return 0;
  }

private:
  ImageOption image_;
};

// A verb on a layout alone.
class LayoutVerb : public Verb {
public:
  void declare(Command& command) override {
    command.option("--layout", "DIR", "the image layout", layout_);
    command.words(0, any_number, {});
  }
  int run(const Globals&, const Command&, Words words) final {
    const std::string path = parse_layout_path(layout_);
    expect_words(words, {});
    spec::Layout layout = open_layout(path);
    work(layout);
    return 0;
  }

private:
  virtual void work(spec::Layout& layout) = 0;
  std::optional<std::string> layout_;
};

class List final : public LayoutVerb {
  void work(spec::Layout& layout) override {
    for (const std::string& name : spec::names_of(layout.index())) std::printf("%s\n", printable(name).c_str());
  }
};

class Gc final : public LayoutVerb {
  void work(spec::Layout& layout) override {
    Garbage garbage;
    collect_garbage(layout, garbage);
  }
};

} // namespace

std::unique_ptr<Verb> make_layout_tag() { return std::make_unique<Tag>(); }
std::unique_ptr<Verb> make_layout_rm() { return std::make_unique<Remove>(); }
std::unique_ptr<Verb> make_layout_ls() { return std::make_unique<List>(); }
std::unique_ptr<Verb> make_layout_gc() { return std::make_unique<Gc>(); }

} // namespace oci::cli
