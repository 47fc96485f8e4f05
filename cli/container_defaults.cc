#include "cli/container_defaults.h"

#include "base/error.h"
#include "base/files.h"
#include "base/user_folders.h"

#include <cerrno>

// Compiled in: `oci` loads no library.
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

namespace oci::cli {

namespace {

constexpr std::size_t max_file = 1u << 20;

std::string long_name(const Flag& flag) {
  for (const std::string& name : split(flag.names, ','))
    if (name.starts_with("--")) return name.substr(2);
  return "";
}

class Reader {
public:
  Reader(std::string path, const Command& options, std::map<std::string, std::string>& sources)
      : path_(std::move(path)), options_(options), sources_(sources) {}

  void read(std::string_view text) {
    try {
      const toml::table document = toml::parse(text);
      for (const auto& [key, value] : document) {
        if (key.str() != "container" || !value.is_table())
          refuse(value, cat(printable(key.str(), 80), ": the one table there is, is [container]"));
        for (const auto& [name, set] : *value.as_table()) put(name.str(), set);
      }
    } catch (const toml::parse_error& error) {
      fail(path_, ":", error.source().begin.line, ": ", printable(error.description()));
    }
  }

private:
  [[noreturn]] void refuse(const toml::node& node, const std::string& why) const { throw Error(cat(at(node), why)); }

  std::string at(const toml::node& node) const { return cat(path_, ":", node.source().begin.line, ": "); }

  void put(std::string_view key, const toml::node& node) {
    const Flag& flag = option(key, node);
    std::visit([&](auto* target) { fill(*target, key, node); }, flag.target);
    for (const std::string& name : split(flag.names, ',')) sources_[name] = cat(path_, ":", node.source().begin.line);
  }

  const Flag& option(std::string_view key, const toml::node& node) const {
    std::vector<std::string> names;
    for (const Flag& flag : options_.flags()) {
      names.push_back(long_name(flag));
      for (const std::string& name : split(flag.names, ','))
        if (name == cat("--", key)) return flag;
    }
    Error error(cat(at(node), printable(key, 80), ": no such option"));
    const auto near = nearest(key, names);
    throw std::move(error).with_hint(near ? cat("did you mean ", *near, "?")
                                          : "the keys are the long options of oci spec, without their dashes");
  }

  void fill(bool& target, std::string_view key, const toml::node& node) const {
    const auto* value = node.as_boolean();
    if (value == nullptr) refuse(node, cat(key, ": neither true nor false"));
    target = value->get();
  }
  void fill(std::optional<bool>& target, std::string_view key, const toml::node& node) const {
    fill(target.emplace(), key, node);
  }
  void fill(std::string& target, std::string_view key, const toml::node& node) const { target = text(key, node); }
  void fill(std::optional<std::string>& target, std::string_view key, const toml::node& node) const {
    target = text(key, node);
  }
  void fill(Words& target, std::string_view key, const toml::node& node) const {
    target.clear();
    const toml::array* list = node.as_array();
    if (list == nullptr) return target.push_back(text(key, node));
    for (const toml::node& one : *list) target.push_back(text(key, one));
  }

  std::string text(std::string_view key, const toml::node& node) const {
    if (const auto* value = node.as_string()) return value->get();
    if (const auto* value = node.as_integer()) return std::to_string(value->get());
    refuse(node, cat(key, ": neither a string nor a whole number"));
  }

  std::string path_;
  const Command& options_;
  std::map<std::string, std::string>& sources_;
};

} // namespace

std::map<std::string, std::string> read_container_defaults(const Command& options) {
  std::map<std::string, std::string> sources;
  const auto read = [&](const std::string& path) {
    const auto text = read_file_if_exists(path, max_file);
    if (text) Reader(path, options, sources).read(*text);
    return text.has_value();
  };
  if (const std::string only = path_from_environment("OCI_CONFIG"); !only.empty()) {
    if (!read(only)) fail("OCI_CONFIG: read ", only, ": ", errno_text(ENOENT));
    return sources;
  }
  read("/etc/oci/oci.toml");
  if (const std::string folder = user_config_folder(); !folder.empty()) read(cat(folder, "/oci/oci.toml"));
  return sources;
}

} // namespace oci::cli
