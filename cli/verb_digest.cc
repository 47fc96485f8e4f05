// oci digest IMAGE: what its name stands for; skopeo manifest-digest FILE: what a manifest's file hashes to.
#include "cli/copy_verbs.h"
#include "cli/side_options.h"

#include "base/files.h"

#include <cstdio>

namespace oci::cli {

namespace {

constexpr std::size_t max_manifest = 4u << 20;

class DigestOf final : public Verb {
public:
  void declare(Command& command) override {
    side_.declare(command, "", true);
    command.words(1, 1, {"IMAGE"});
  }

  int run(const Globals&, const Command&, Words words) override {
    fetch::CopyOptions options;
    options.source = registry_options(side_, side_);
    const Digest digest = with_context(cat("digest ", printable(words[0])), [&] {
      return fetch::look_at_top(spec::ImageName::parse(words[0]), options).digest;
    });
    std::printf("%s\n", digest.text().c_str());
    return 0;
  }

private:
  SideFlags side_;
};

class ManifestDigest final : public Verb {
public:
  void declare(Command& command) override { command.words(1, 1, {"MANIFEST"}); }

  int run(const Globals&, const Command&, Words words) override {
    const std::string text = with_context(cat("Error reading manifest from ", printable(words[0])),
                                          [&] { return read_file(words[0], max_manifest); });
    std::printf("%s\n", fetch::manifest_digest(text).text().c_str());
    return 0;
  }
};

} // namespace

std::unique_ptr<Verb> make_digest() { return std::make_unique<DigestOf>(); }
std::unique_ptr<Verb> make_manifest_digest() { return std::make_unique<ManifestDigest>(); }

} // namespace oci::cli
