// oci config NAME, umoci config --image DIR:TAG: changes an image's configuration.
#include "cli/edit_verbs.h"
#include "cli/history_options.h"
#include "cli/image_place.h"

#include "base/error.h"

#include <algorithm>

namespace oci::cli {

namespace {

struct Changes {
  std::optional<std::string> user, working_dir, stop_signal, created, author, os, architecture, variant;
  Words exposed_ports, env, entrypoint, cmd, volumes, labels, annotations, clear;

  void declare(Command& command) {
    command.option("--config.user", "USER[:GROUP]", "who the program runs as", user);
    command.option("--config.exposedports", "PORT[/PROTOCOL]", "add an exposed port", exposed_ports);
    command.option("--config.env", "NAME=VALUE", "set an environment variable", env);
    command.option("--config.entrypoint", "ARG", "the entrypoint; once for each of its words", entrypoint);
    command.option("--config.cmd", "ARG", "the command; once for each of its words", cmd);
    command.option("--config.volume", "PATH", "add a volume", volumes);
    command.option("--config.label", "NAME=VALUE", "set a label", labels);
    command.option("--config.workingdir", "PATH", "the working folder", working_dir);
    command.option("--config.stopsignal", "SIGNAL", "the signal that asks it to stop", stop_signal);
    command.option("--created", "TIME", "when the image was made, RFC 3339", created);
    command.option("--author", "TEXT", "the image's author", author);
    command.option("--platform.os,--os", "OS", "the image's operating system", os);
    command.option("--platform.arch,--architecture", "ARCH", "the image's architecture", architecture);
    command.option("--platform.variant", "VARIANT", "the image's variant of the architecture", variant);
    command.option("--manifest.annotation", "NAME=VALUE", "set an annotation of the manifest", annotations);
    command.option("--clear", "KEY", "empty it first: config.env, config.labels, manifest.annotations, ...", clear);
  }
};

std::pair<std::string, std::string> name_and_value(std::string_view flag, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) fail(flag, " ", printable(text), ": must be NAME=VALUE");
  if (equals == 0) fail(flag, " ", printable(text), ": the name is empty");
  return {text.substr(0, equals), text.substr(equals + 1)};
}

void clear_key(const std::string& key, spec::ImageEdit& edit) {
  spec::ContainerConfig& config = *edit.config.config;
  if (key == "config.labels")
    config.labels.clear();
  else if (key == "manifest.annotations")
    edit.manifest.annotations.clear();
  else if (key == "config.exposedports")
    config.exposed_ports.keys.clear();
  else if (key == "config.env")
    config.env.clear();
  else if (key == "config.entrypoint")
    config.entrypoint.clear();
  else if (key == "config.cmd")
    config.cmd.clear();
  else if (key == "config.volume")
    config.volumes.keys.clear();
  else if (key == "rootfs.diffids")
    fail("--clear ", key, ": the layers would have no diff_ids");
  else
    throw Error(cat("--clear ", printable(key), ": unknown key"))
        .with_hint("known are config.labels, manifest.annotations, config.exposedports, config.env, "
                   "config.entrypoint, config.cmd, config.volume");
}

// In the place of a variable of the same name, as every tool of images has it.
void set_variable(std::vector<std::string>& env, const std::string& text) {
  const std::string name = name_and_value("--config.env", text).first;
  for (std::string& old : env)
    if (old.starts_with(name + "=")) {
      old = text;
      return;
    }
  env.push_back(text);
}

void add_key(std::vector<std::string>& keys, const std::string& key) {
  if (std::find(keys.begin(), keys.end(), key) != keys.end()) return;
  keys.push_back(key);
  std::sort(keys.begin(), keys.end());
}

template <class T>
void set_if_given(T& value, const std::optional<std::string>& given) {
  if (given) value = *given;
}

void change_container(const Changes& changes, spec::ContainerConfig& config) {
  set_if_given(config.user, changes.user);
  set_if_given(config.working_dir, changes.working_dir);
  set_if_given(config.stop_signal, changes.stop_signal);
  for (const std::string& port : changes.exposed_ports) add_key(config.exposed_ports.keys, port);
  for (const std::string& volume : changes.volumes) add_key(config.volumes.keys, volume);
  for (const std::string& variable : changes.env) set_variable(config.env, variable);
  for (const std::string& label : changes.labels) {
    auto [name, value] = name_and_value("--config.label", label);
    config.labels[name] = value;
  }
  if (!changes.entrypoint.empty()) config.entrypoint = changes.entrypoint;
  if (!changes.cmd.empty()) config.cmd = changes.cmd;
}

void apply(const Changes& changes, spec::ImageEdit& edit) {
  for (const std::string& key : changes.clear) clear_key(key, edit);
  change_container(changes, *edit.config.config);
  if (changes.created) edit.config.created = spec::parse_timestamp("--created", *changes.created);
  set_if_given(edit.config.author, changes.author);
  set_if_given(edit.config.os, changes.os);
  set_if_given(edit.config.architecture, changes.architecture);
  set_if_given(edit.config.variant, changes.variant);
  for (const std::string& annotation : changes.annotations) {
    auto [name, value] = name_and_value("--manifest.annotation", annotation);
    edit.manifest.annotations[name] = value;
  }
}

class Config final : public Verb {
public:
  void declare(Command& command) override {
    changes_.declare(command);
    image_.declare_tag(command);
    history_.declare(command);
    image_.declare(command);
    command.words(0, any_number, {"NAME"});
  }
  int run(const Globals& globals, const Command&, Words words) override {
    history_.check();
    const spec::BuildTime time = spec::build_time();
    if (image_.image) expect_words(words, {});
    ImagePlace place = image_.open(globals, words, ImagePlace::Use::change);
    expect_words(words, {});
    const std::string name = image_.result_name(place);
    spec::ImageEdit edit(place.layout(), place.load());
    apply(changes_, edit);
    history_.add_to(edit, globals, "config", time, true);
    place.tag(name, edit.commit());
    return 0;
  }

private:
  Changes changes_;
  HistoryOptions history_;
  ImageOption image_;
};

} // namespace

std::unique_ptr<Verb> make_config() { return std::make_unique<Config>(); }

} // namespace oci::cli
