// oci delete docker://IMAGE; skopeo delete.
#include "cli/copy_verbs.h"
#include "cli/side_options.h"

#include "base/error.h"

#include <cstdio>

namespace oci::cli {

namespace {

class DeleteImage final : public Verb {
public:
  void declare(Command& command) override {
    retry_.declare(command);
    side_.declare(command, "", true);
    command.words(1, 1, {"docker://IMAGE"});
  }

  int run(const Globals& globals, const Command&, Words words) override {
    const spec::ImageName name = spec::ImageName::parse(words[0]);
    const bool as_skopeo = globals.personality == Personality::skopeo;
    if (name.transport == spec::Transport::oci && as_skopeo) {
      (void)fetch::delete_from_layout(name, side_.shared_blobs);
      return 0;
    }
    if (name.transport != spec::Transport::docker && as_skopeo) // its own words, for scripts that match them
      fail("Deleting images not implemented for ", words[0].substr(0, words[0].find(':')), ": images");
    if (name.transport != spec::Transport::docker)
      throw Error(cat("delete ", printable(words[0]), ": only images in registries (docker://) are deleted"))
          .with_hint("of a layout: oci rm --image DIR:TAG, then oci gc --layout DIR");
    try {
      const Digest digest = fetch::delete_image(*name.reference, registry_options(side_, side_, retry_));
      if (!as_skopeo) std::printf("%s\n", digest.text().c_str());
    } catch (Error& error) {
      if (!as_skopeo) throw;
      if (error.exit_code() == 2)
        fail("Unable to delete ", name.reference->text(),
             ". Image may not exist or is not stored with a v2 Schema in a v2 registry");
      throw std::move(error).within(cat("Unable to delete ", name.text()));
    }
    return 0;
  }

private:
  SideFlags side_;
  RetryFlags retry_;
};

} // namespace

std::unique_ptr<Verb> make_delete_image() { return std::make_unique<DeleteImage>(); }

} // namespace oci::cli
