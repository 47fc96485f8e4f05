// oci verify [IMAGE]: what is wrong with the store, a layout, an archive, or an image of a registry.
#include "cli/progress_options.h"
#include "cli/side_options.h"
#include "cli/store_verbs.h"

#include "base/error.h"
#include "base/json.h"
#include "base/sys.h"
#include "fetch/fetch.h"
#include "spec/store.h"

#include <cstdio>

namespace oci::cli {

namespace {

std::string name_of(const spec::Descriptor& entry) {
  const auto found = entry.annotations.find(std::string(spec::ref_name_annotation));
  return found == entry.annotations.end() ? "" : found->second;
}

spec::ImageName entry_of(const spec::Layout& layout, std::size_t at) {
  spec::ImageName name;
  name.transport = spec::Transport::oci;
  name.path = layout.path();
  name.index = at;
  return name;
}

// A file or folder named without a transport.
spec::ImageName image_at(const std::string& path, const fetch::CopyOptions& options) {
  spec::ImageName name;
  name.path = path;
  const auto status = sys::stat(path);
  if (!status) fail_errno(status.error(), cat("open ", printable(path)));
  if (S_ISDIR(status->st_mode)) {
    const bool is_layout = sys::stat(cat(path, "/oci-layout")) || !sys::stat(cat(path, "/manifest.json"));
    name.transport = is_layout ? spec::Transport::oci : spec::Transport::dir;
  } else {
    name.transport = fetch::kind_of_archive(path, options);
  }
  return name;
}

bool names_no_image(const spec::ImageName& name) { return name.ref.empty() && !name.index && !name.reference; }

void check_layout(fetch::Verification& verification, const spec::Layout& layout) {
  const spec::Index index = layout.index();
  for (std::size_t i = 0; i < index.manifests.size(); ++i) {
    const std::string name = name_of(index.manifests[i]);
    verification.check_image(entry_of(layout, i), name.empty() ? index.manifests[i].digest.text() : name);
  }
  verification.check_other_blobs(layout);
}

// An image of the store, by name or digest.
void check_stored(fetch::Verification& verification, const spec::Store& store, const std::string& word) {
  const auto digest = Digest::parse(word);
  const std::string name = digest ? "" : spec::Reference::parse(word).text();
  const spec::Index index = store.layout().index();
  for (std::size_t i = 0; i < index.manifests.size(); ++i) {
    const spec::Descriptor& entry = index.manifests[i];
    if (digest ? entry.digest == *digest : name_of(entry) == name)
      return verification.check_image(entry_of(store.layout(), i), word);
  }
  throw Error(cat("the store has no image ", printable(word)), 2)
      .with_hint(cat("an image of a registry is named docker://", printable(word)));
}

class Verify final : public Verb {
public:
  void declare(Command& command) override {
    command.flag("--json", "print the result as JSON", json_);
    progress_.declare(command);
    side_.declare(command, "", true);
    command.words(0, 1, {"IMAGE"});
  }

  int run(const Globals& globals, const Command&, Words words) override {
    const std::string shown = words.empty() ? "the store" : printable(words[0]);
    return with_context(cat("verify ", shown), [&] {
      fetch::CopyOptions options;
      options.source = registry_options(side_, side_);
      const auto progress = progress_.make();
      fetch::Verification verification(options, *progress);
      check(verification, globals, words, options);
      json_ ? print_json(verification) : print_text(verification);
      const std::size_t count = verification.faults().size();
      if (count > 0) fail(count, count == 1 ? " fault" : " faults");
      return 0;
    });
  }

private:
  static void check(fetch::Verification& verification, const Globals& globals, const Words& words,
                    const fetch::CopyOptions& options) {
    const bool is_path = !words.empty() && (words[0].starts_with('/') || words[0].starts_with('.'));
    if (words.empty() || (!is_path && !spec::has_transport(words[0]))) return check_store(verification, globals, words);
    const spec::ImageName name = is_path ? image_at(words[0], options) : spec::ImageName::parse(words[0]);
    if (name.transport == spec::Transport::oci && names_no_image(name))
      return check_layout(verification, spec::Layout::open(name.path));
    const bool is_archive =
        name.transport == spec::Transport::oci_archive || name.transport == spec::Transport::docker_archive;
    if (!is_archive || !names_no_image(name)) return verification.check_image(name, words[0]);
    std::optional<std::size_t> last; // a docker-archive's image has an entry for each of its names
    for (const fetch::FoundImage& found : fetch::images_in(name, options)) {
      if (found.name.index == last) continue;
      last = found.name.index;
      verification.check_image(found.name, found.called.empty() ? found.name.text() : found.called);
    }
  }

  static void check_store(fetch::Verification& verification, const Globals& globals, const Words& words) {
    const auto store = words.empty() ? spec::Store::open(spec::Store::locate(globals.store))
                                     : spec::Store::open_or_create(spec::Store::locate(globals.store));
    if (!store) return; // nothing, and nothing wrong
    const FileLock in_use = store->use();
    words.empty() ? check_layout(verification, store->layout()) : check_stored(verification, *store, words[0]);
  }

  static void print_text(const fetch::Verification& verification) {
    for (const fetch::Fault& fault : verification.faults()) {
      const std::string image = fault.image.empty() ? "" : cat(printable(fault.image), ": ");
      std::printf("fault: %s%s\n", image.c_str(), fault.text.c_str());
    }
    const std::size_t images = verification.images(), blobs = verification.blobs();
    std::printf("%s: %s, %s, %s\n", verification.faults().empty() ? "sound" : "checked",
                cat(images, images == 1 ? " image" : " images").c_str(),
                cat(blobs, blobs == 1 ? " blob" : " blobs").c_str(), human_bytes(verification.bytes()).c_str());
  }

  static void print_json(const fetch::Verification& verification) {
    Json faults{Json::Array()};
    for (const fetch::Fault& fault : verification.faults()) {
      Json one;
      one.set("image", fault.image);
      one.set("digest", fault.digest);
      one.set("fault", fault.text);
      faults.push(std::move(one));
    }
    Json json;
    json.set("sound", verification.faults().empty());
    json.set("images", std::uint64_t{verification.images()});
    json.set("blobs", std::uint64_t{verification.blobs()});
    json.set("bytes", verification.bytes());
    json.set("faults", std::move(faults));
    std::printf("%s\n", dump_json(json, {"  ", false}).c_str());
  }

  SideFlags side_;
  ProgressFlags progress_;
  bool json_ = false;
};

} // namespace

std::unique_ptr<Verb> make_verify() { return std::make_unique<Verify>(); }

} // namespace oci::cli
