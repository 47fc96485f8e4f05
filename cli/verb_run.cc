// oci run: a bundle (runc's meaning) or an image; which of them the rules below decide.
#include "cli/container_options.h"
#include "cli/oci_verbs.h"
#include "cli/run_image.h"
#include "cli/runtime_options.h"

#include "base/error.h"
#include "base/files.h"
#include "base/sys.h"

#include <unistd.h>

namespace oci::cli {

namespace {

constexpr std::size_t generated_id_length = 12;

bool has_config(const std::string& bundle) { return ::access(cat(bundle, "/config.json").c_str(), F_OK) == 0; }

bool only_ours_to_write(const struct stat& status) {
  return (status.st_uid == 0 || status.st_uid == ::geteuid()) && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

// A bundle that was found, not named: its hooks run with our rights, so nobody else may have written it.
void require_trusted(const std::string& bundle) {
  for (const std::string& path : {bundle, cat(bundle, "/config.json")}) {
    const struct stat status = check(sys::stat(path), "run: look at ", path);
    if (!only_ours_to_write(status))
      throw Error(cat("run: another user could write ", path, ", and its hooks would run with your rights"))
          .with_hint(cat("name it if you trust it: oci run -b ", bundle));
  }
}

class Run final : public Verb {
public:
  void declare(Command& command) override {
    create_.declare(command);
    command.flag("-d,--detach", "return when the container has started", detach_);
    command.flag("--keep", "leave the container's state when its program has ended", keep_);
    const std::size_t first_of_image = command.flags().size();
    container_.declare(command);
    command.option("--name", "ID", "the container's id (with an image)", image_.name);
    command.option("--platform", "OS/ARCH[/VARIANT]", "which image of a multi-platform one", image_.platform);
    command.flag("--rm", "accepted: a container run from an image is always removed", rm_);
    command.flag("-q,--quiet", "show no progress", image_.quiet);
    command.for_images_from(first_of_image, 1, 1);
    command.words(0, any_number, {"ID"});
    command.verbatim_after(2);
  }

  int run(const Globals& globals, const Command& command, Words words) override {
    if (is_bundle_form(globals, command, words)) return run_bundle(globals, words);
    if (words.size() == 1 && image_flag_given(command).empty() && !is_image_word(words[0]) && has_config(".")) {
      if (store_has_image(globals, words[0]))
        throw Error(cat("run ", words[0], ": both an image and, for the bundle in this folder, a container's id"))
            .with_hint(cat("oci run -b . ", words[0], " or oci run ", words[0], ":latest"));
      require_trusted(".");
      return run_bundle(globals, words);
    }
    return words.empty() ? run_found_bundle(globals, command) : run_as_image(globals, command, std::move(words));
  }

private:
  static bool is_image_word(const std::string& word) { return word.find_first_of(":/@") != std::string::npos; }

  std::string image_flag_given(const Command& command) const {
    for (const Flag& flag : command.flags())
      if (flag.for_images && flag.given) return split(flag.names, ',').back();
    return "";
  }

  bool is_bundle_form(const Globals& globals, const Command& command, const Words& words) const {
    if (!create_.bundle && globals.personality == Personality::oci) return false;
    if (const std::string flag = image_flag_given(command); !flag.empty())
      fail("run: ", flag, " is for an image; a bundle's config.json says it all");
    if (words.size() > 1) fail("run: unexpected argument ", printable(words[1]));
    return true;
  }

  int run_bundle(const Globals& globals, const Words& words) const {
    const std::string id = words.empty() ? random_name(generated_id_length) : words[0];
    runtime::check_id(id);
    // An id that nobody gave tells nobody anything.
    return with_context(cat("run ", printable(words.empty() ? create_.bundle.value_or(".") : id)),
                        [&] { return runtime::run(runtime_settings(globals), options(id)).shell_status(); });
  }

  int run_found_bundle(const Globals& globals, const Command& command) {
    if (const std::string flag = image_flag_given(command); !flag.empty()) fail("run: ", flag, " needs an image");
    for (const char* bundle : {".", "bundle"}) {
      if (!has_config(bundle)) continue;
      require_trusted(bundle);
      create_.bundle = bundle;
      return run_bundle(globals, {});
    }
    throw Error("run: no config.json here and none in ./bundle")
        .with_hint("oci unpack makes a bundle; oci run IMAGE runs an image");
  }

  int run_as_image(const Globals& globals, const Command& command, Words words) {
    if (detach_)
      throw Error("run: an image runs in the foreground, not with --detach")
          .with_hint("unpack it, and run its bundle: oci unpack IMAGE DIR && oci run -d -b DIR ID");
    container_.put_over_defaults(command);
    image_.image = words[0];
    image_.command.assign(words.begin() + 1, words.end());
    return run_image(globals, image_, container_, options(""));
  }

  runtime::RunOptions options(const std::string& id) const {
    runtime::RunOptions out;
    static_cast<runtime::CreateOptions&>(out) = create_.for_id(id);
    out.detach = detach_;
    out.keep = keep_;
    return out;
  }

  CreateFlags create_;
  bool detach_ = false, keep_ = false, rm_ = false;
  ContainerOptions container_;
  RunImage image_;
};

} // namespace

std::unique_ptr<Verb> make_run() { return std::make_unique<Run>(); }

} // namespace oci::cli
