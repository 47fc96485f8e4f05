// oci init --layout DIR, oci new NAME
#include "cli/edit_verbs.h"
#include "cli/image_place.h"

#include "base/error.h"
#include "base/sys.h"
#include "spec/build_time.h"

namespace oci::cli {

namespace {

class Init final : public Verb {
public:
  void declare(Command& command) override {
    command.option("--layout", "DIR", "the folder to be made", layout_);
    command.words(0, any_number, {});
  }
  int run(const Globals&, const Command&, Words words) override {
    const std::string path = parse_layout_path(layout_);
    expect_words(words, {});
    if (sys::fstatat(AT_FDCWD, path)) fail("there is a ", path, " already");
    (void)spec::Layout::open_or_create(path);
    return 0;
  }

private:
  std::optional<std::string> layout_;
};

class New final : public Verb {
public:
  void declare(Command& command) override {
    image_.declare(command);
    command.words(0, any_number, {"NAME"});
  }
  int run(const Globals& globals, const Command&, Words words) override {
    const spec::BuildTime time = spec::build_time();
    if (image_.image) expect_words(words, {});
    ImagePlace place = image_.open(globals, words, ImagePlace::Use::change);
    expect_words(words, {});
    place.tag(place.name(), spec::ImageEdit::blank(place.layout(), spec::timestamp(time)).commit());
    return 0;
  }

private:
  ImageOption image_;
};

} // namespace

std::unique_ptr<Verb> make_init() { return std::make_unique<Init>(); }
std::unique_ptr<Verb> make_new() { return std::make_unique<New>(); }

} // namespace oci::cli
