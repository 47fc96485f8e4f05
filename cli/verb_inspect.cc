// oci inspect IMAGE
#include "cli/copy_verbs.h"

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "cli/go_template.h"

#include <cstdio>

namespace oci::cli {

namespace {

Json texts(const std::vector<std::string>& values) {
  Json list = Json::Array();
  for (const std::string& value : values) list.push(value);
  return list;
}

// Skopeo's Output struct: its JSON has no Tag, a Name only of an image that has one.
Json summary(const spec::ImageName& name, const fetch::LookedAt& seen, const std::string& digest, Json tags) {
  const spec::ImageConfig config = spec::parse_image_config(seen.config, "config");
  const spec::ContainerConfig container = config.config.value_or(spec::ContainerConfig{});
  Json json;
  json.set("Name", name.reference ? name.reference->name() : "");
  json.set("Tag", "");
  json.set("Digest", digest);
  json.set("RepoTags", std::move(tags));
  json.set("Created", config.created.empty() ? Json() : go_time(config.created));
  const Json* docker = config.extra.find("docker_version");
  json.set("DockerVersion", docker && docker->as_string() ? *docker : Json(""));
  Json labels = container.labels.empty() ? go_nil("map[]") : Json(Json::Object());
  for (const auto& [key, value] : container.labels) labels.set(key, value);
  json.set("Labels", std::move(labels));
  json.set("Architecture", config.architecture);
  if (!config.variant.empty()) json.set("Variant", config.variant);
  json.set("Os", config.os);
  Json layers = Json::Array(), data = Json::Array();
  for (const spec::Descriptor& layer : seen.manifest.layers) {
    layers.push(layer.digest.text());
    Json one, annotations = layer.annotations.empty() ? go_nil("map[]") : Json(Json::Object());
    for (const auto& [key, value] : layer.annotations) annotations.set(key, value);
    one.set("MIMEType", layer.media_type);
    one.set("Digest", layer.digest.text());
    one.set("Size", layer.size);
    one.set("Annotations", std::move(annotations));
    data.push(go_struct(std::move(*one.as_object())));
  }
  json.set("Layers", std::move(layers));
  json.set("LayersData", std::move(data));
  json.set("Env", container.env.empty() ? go_nil("[]") : texts(container.env));
  return go_struct(std::move(*json.as_object()), {"Name", "Tag"});
}

Json table(const std::vector<fetch::Instance>& instances) {
  Json list = Json::Array();
  for (const fetch::Instance& instance : instances) {
    Json one;
    one.set("Platform", spec::platform_text(instance.platform));
    one.set("MIMEType", instance.descriptor.media_type);
    one.set("Digest", instance.descriptor.digest.text());
    one.set("Layers", instance.layers);
    one.set("Size", instance.bytes);
    list.push(std::move(one));
  }
  return list;
}

// No image: what the docker daemon says of a container.
constexpr std::string_view container_transport = "docker-container:";

class Inspect final : public Verb {
public:
  void declare(Command& command) override {
    command.flag("--raw", "print the manifest or index as it is", raw_);
    command.flag("--config", "print the configuration", config_);
    command.flag("-a,--all", "list the images of all platforms, with the bytes each has to transfer", all_);
    command.flag("-n,--no-tags", "do not list the repository's tags", no_tags_);
    command.hide_last();
    command.option("-f,--format", "TEMPLATE", "print what a Go template makes of it: '{{.Digest}}', '{{json .Env}}'",
                   format_);
    command.option("--manifest-digest", "ALGORITHM", "of the digest that is shown: sha256 or sha512", algorithm_);
    command.hide_last();
    retry_.declare(command);
    choice_.declare(command);
    command.option("--tmpdir", "DIR", "where large temporary files go", tmpdir_);
    command.hide_last();
    side_.declare(command, "", true);
    command.words(1, 1, {"IMAGE"});
  }

  int run(const Globals& globals, const Command&, Words words) override {
    if (words[0].starts_with(container_transport)) {
      print(fetch::inspect_docker_container(words[0].substr(container_transport.size())));
      return 0;
    }
    if (!algorithm_.empty() && algorithm_ != "sha256" && algorithm_ != "sha512")
      fail("--manifest-digest ", printable(algorithm_), ": not sha256 or sha512");
    if (raw_ && !format_.empty()) fail("raw output does not support format option");
    fetch::CopyOptions options;
    options.source = registry_options(side_, side_, retry_);
    options.platforms = choice_.wanted();
    options.temp_folder = tmpdir_;
    const spec::ImageName name = spec::ImageName::parse(words[0]);
    const bool as_skopeo = globals.personality == Personality::skopeo;
    const std::string shown_name = printable(words[0]);
    const std::string context =
        as_skopeo ? cat("Error parsing image name ", go_quoted(shown_name)) : cat("inspect ", shown_name);
    print(with_context(context, [&] { return text(name, options); }));
    return 0;
  }

private:
  std::string text(const spec::ImageName& name, const fetch::CopyOptions& options) const {
    if (all_ && (raw_ || config_)) fail("--all shows neither --raw nor --config");
    if (all_) return shown(table(fetch::look_at_instances(name, options)));
    if (raw_ && !config_) return fetch::look_at_top(name, options).bytes;
    const fetch::LookedAt seen = fetch::look_at(name, options);
    if (raw_) return seen.config;
    if (config_) return shown(parse_json(fetch::config_as_oci(seen.config), "config"));
    const std::string digest =
        algorithm_.empty() ? seen.top.digest.text() : fetch::manifest_digest(seen.top.bytes, algorithm_).text();
    return shown(summary(name, seen, digest, tags(name, options)));
  }
  std::string shown(const Json& document) const {
    const std::string_view wanted = trim(format_);
    if (wanted.empty() || wanted == "json")
      return cat(dump_json(plain_json(document), {.indent = "    ", .escape_html = true}), "\n");
    const std::string text = unescaped(format_);
    return fill_go_template(text.ends_with('\n') ? text : text + "\n", document);
  }

  // A shell hands over "\t" and "\n" as two characters each; in an action the quotes around them tell what they are.
  static std::string unescaped(const std::string& text) {
    std::string out;
    bool in_action = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const std::string_view two = std::string_view(text).substr(i, 2);
      if (two == "{{" || two == "}}") in_action = two == "{{";
      if (!in_action && (two == "\\t" || two == "\\n")) {
        out += two == "\\t" ? '\t' : '\n';
        ++i;
      } else {
        out += text[i];
      }
    }
    return out;
  }

  // Whoever may read the image need not be allowed to list: that is told, and no more.
  Json tags(const spec::ImageName& name, const fetch::CopyOptions& options) const {
    Json::Array all;
    if (name.transport != spec::Transport::docker || no_tags_) return all;
    try {
      for (std::string& tag : fetch::list_tags(*name.reference, options.source)) all.emplace_back(std::move(tag));
    } catch (const Error& error) {
      log::warning("the tags cannot be listed: ", error.message());
    }
    return all;
  }

  static void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

  ChoiceFlags choice_;
  SideFlags side_;
  std::string tmpdir_, format_, algorithm_;
  RetryFlags retry_;
  bool raw_ = false, config_ = false, all_ = false, no_tags_ = false;
};

} // namespace

std::unique_ptr<Verb> make_inspect() { return std::make_unique<Inspect>(); }

} // namespace oci::cli
