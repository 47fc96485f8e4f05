// oci push IMAGE [DST]: from the store to a registry, or to any other place.
#include "cli/copy_verbs.h"
#include "cli/stored_name.h"

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "spec/store.h"

#include <cstdio>
#include <fcntl.h>

namespace oci::cli {

namespace {

class Push final : public Verb {
public:
  void declare(Command& command) override {
    flags_.declare(command);
    command.words(1, 2, {"IMAGE", "[DST]"});
  }

  int run(const Globals& globals, const Command&, Words words) override {
    const auto store = spec::Store::open(spec::Store::locate(globals.store));
    const auto stored = store ? stored_entry(store->layout().index(), words[0]) : std::nullopt;
    if (!stored || stored_name(*stored).empty())
      throw Error(cat("push ", printable(words[0]), ": the store has no such image"), 2)
          .with_hint("oci images lists what it has; oci copy copies what is elsewhere");
    const spec::ImageName to = spec::ImageName::parse(words.size() > 1 ? words[1] : stored_name(*stored));
    const FileLock in_use = store->use();
    spec::ImageName from;
    from.transport = spec::Transport::oci;
    from.path = store->layout().path();
    from.ref = stored_name(*stored);
    fetch::CopyOptions options = copy_options(globals, flags_, to.transport);
    options.trust.unchecked = true; // the policy was asked when it came into the store
    const auto progress = flags_.progress.make();
    const fetch::Copied copied =
        with_context(cat("push ", printable(words[0])), [&] { return copy_image(from, to, options, *progress); });
    for (const std::string& change : copied.changes)
      log::warning(printable(words[0]), ": the digest is another one: ", change);
    const std::string& digest = copied.manifest.digest.text();
    std::printf("%s\n", digest.c_str());
    if (!flags_.digestfile.empty()) write_output_file(flags_.digestfile, digest, 0644);
    return 0;
  }

private:
  CopyFlags flags_;
};

} // namespace

std::unique_ptr<Verb> make_push() { return std::make_unique<Push>(); }

} // namespace oci::cli
