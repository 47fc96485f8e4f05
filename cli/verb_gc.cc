// oci gc, oci rmi, oci tag: what the store holds, made less and named anew.
#include "cli/store_gc.h"
#include "cli/store_verbs.h"
#include "cli/stored_name.h"

#include "base/error.h"

#include <cstdio>

namespace oci::cli {

namespace {

class Gc final : public Verb {
public:
  void declare(Command& command) override {
    command.flag("-n,--dry-run", "say what would be removed, and remove nothing", what_.dry_run);
    command.flag("-a,--all", "also parts of downloads that were interrupted within the last day", what_.all_parts);
    command.words(0, 0, {});
  }
  int run(const Globals& globals, const Command&, Words) override {
    const auto store = spec::Store::open(spec::Store::locate(globals.store));
    const Garbage garbage = store ? collect_store_garbage(*store, what_) : Garbage(what_.dry_run);
    std::printf("%s\n", garbage.summary().c_str());
    return 0;
  }

private:
  StoreGc what_;
};

class RemoveImage final : public Verb {
public:
  void declare(Command& command) override {
    command.flag("-f,--force", "an image that is not there is no error", force_);
    command.words(1, any_number, {"IMAGE"});
  }
  int run(const Globals& globals, const Command&, Words words) override {
    with_context("rmi", [&] {
      spec::Store store = spec::Store::open_or_create(spec::Store::locate(globals.store));
      for (const std::string& line : remove_images(store, words, force_)) std::printf("%s\n", line.c_str());
    });
    return 0;
  }

private:
  bool force_ = false;
};

class TagImage final : public Verb {
public:
  void declare(Command& command) override { command.words(2, any_number, {"IMAGE", "NAME"}); }
  int run(const Globals& globals, const Command&, Words words) override {
    with_context("tag", [&] {
      spec::Store store = spec::Store::open_or_create(spec::Store::locate(globals.store));
      const FileLock in_use = store.use();
      const spec::Descriptor image = find(store.layout(), words.front());
      std::vector<std::string> names;
      for (std::size_t i = 1; i < words.size(); ++i) names.push_back(new_name(words[i]));
      for (const std::string& name : names) store.layout().tag(name, image);
    });
    return 0;
  }

private:
  static std::string new_name(const std::string& word) {
    const spec::Reference reference = spec::Reference::parse(word);
    if (reference.tag.empty()) fail(printable(word), ": a digest cannot be given as a name");
    return reference.text();
  }

  static spec::Descriptor find(const spec::Layout& layout, const std::string& word) {
    if (auto entry = stored_entry(layout.index(), word)) return std::move(*entry);
    throw Error(cat("the store has no image ", printable(word)), 2).with_hint("`oci images` lists them");
  }
};

} // namespace

std::unique_ptr<Verb> make_gc() { return std::make_unique<Gc>(); }
std::unique_ptr<Verb> make_rmi() { return std::make_unique<RemoveImage>(); }
std::unique_ptr<Verb> make_tag() { return std::make_unique<TagImage>(); }

} // namespace oci::cli
