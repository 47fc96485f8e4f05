// oci tags REPOSITORY; skopeo list-tags.
#include "cli/copy_verbs.h"
#include "cli/side_options.h"

#include "base/error.h"

#include <cstdio>

namespace oci::cli {

namespace {

constexpr std::string_view docker_scheme = "docker://", archive_scheme = "docker-archive:";

// A repository is named without tag and digest.
spec::Reference repository_of(const std::string& text) {
  const std::string name = text.starts_with(docker_scheme) ? text.substr(docker_scheme.size()) : text;
  const std::string last = name.substr(name.rfind('/') + 1);
  if (last.find_first_of(":@") != std::string::npos && name.find('/') != std::string::npos)
    fail("No tag or digest allowed in reference");
  const spec::Reference reference = spec::Reference::parse(name);
  if (!reference.digest.empty() || last.find(':') != std::string::npos) fail("No tag or digest allowed in reference");
  return reference;
}

class Tags final : public Verb {
public:
  void declare(Command& command) override {
    command.option("--format", "FORMAT", "text or json", format_);
    retry_.declare(command);
    side_.declare(command, "", true);
    command.words(1, 1, {"REPOSITORY"});
  }

  int run(const Globals& globals, const Command&, Words words) override {
    const bool as_skopeo = globals.personality == Personality::skopeo;
    if (!format_.empty() && format_ != "text" && format_ != "json")
      fail("tags: --format ", printable(format_), ": not text or json");
    const std::string& name = words[0];
    Json::Object document;
    Json::Array tags;
    if (name.starts_with(archive_scheme)) {
      tags = of_archive(name);
    } else {
      if (!name.starts_with(docker_scheme)) check_transport(name, as_skopeo);
      const spec::Reference repository = repository_of(name);
      const auto list = [&] { return fetch::list_tags(repository, registry_options(side_, side_, retry_)); };
      for (std::string& tag : as_skopeo ? with_context("Error listing repository tags", list) : list())
        tags.emplace_back(std::move(tag));
      document.emplace_back("Repository", repository.name());
    }
    if (!as_skopeo && format_ != "json") {
      for (const Json& tag : tags) std::printf("%s\n", tag.as_string()->c_str());
      return 0;
    }
    document.emplace_back("Tags", std::move(tags));
    std::printf("%s\n", dump_json(document, {.indent = "    ", .escape_html = true}).c_str());
    return 0;
  }

private:
  static void check_transport(const std::string& name, bool must_have_one) {
    const std::string transport = name.substr(0, name.find(':'));
    if (spec::has_transport(name))
      fail("Unsupported transport '", transport, "' for tag listing. Only supported: docker, docker-archive");
    if (must_have_one)
      fail("Invalid image name \"", printable(name), "\", expected colon-separated transport:reference");
  }

  // What it was saved with; an image without a name is its place.
  static Json::Array of_archive(const std::string& name) {
    Json::Array tags;
    for (const fetch::FoundImage& found : fetch::images_in(spec::ImageName::parse(name), fetch::CopyOptions()))
      tags.emplace_back(found.called.empty() ? cat("@", found.name.index.value_or(0)) : found.called);
    return tags;
  }

  SideFlags side_;
  RetryFlags retry_;
  std::string format_;
};

} // namespace

std::unique_ptr<Verb> make_tags() { return std::make_unique<Tags>(); }

} // namespace oci::cli
