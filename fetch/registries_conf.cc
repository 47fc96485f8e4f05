// The text of registries.conf, and where it is.
#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "base/user_folders.h"
#include "fetch/registries.h"

#include <algorithm>
#include <cstdlib>
#include <dirent.h>
#include <memory>
#include <toml++/toml.h>

namespace oci::fetch {

namespace {
constexpr std::size_t max_conf = 4u << 20;
} // namespace

struct Registries::Reader {
  Registries& into;
  const std::string& name;

  [[noreturn]] void refuse(const toml::node& node, const std::string& why) const {
    fail(name, ":", node.source().begin.line, ": ", why);
  }

  std::string text(const toml::table& table, std::string_view key) const {
    const toml::node* node = table.get(key);
    if (!node) return "";
    if (const auto* string = node->as_string()) return string->get();
    refuse(*node, cat(key, ": not a string"));
  }

  bool truth(const toml::table& table, std::string_view key) const {
    const toml::node* node = table.get(key);
    if (!node) return false;
    if (const auto* value = node->as_boolean()) return value->get();
    refuse(*node, cat(key, ": neither true nor false"));
  }

  // "host[:port][/path]"
  std::string place(const toml::table& table, std::string_view key) const {
    std::string value = text(table, key);
    while (value.ends_with('/')) value.pop_back();
    if (value.find("://") != std::string::npos || value.find_first_of(" \t@?#") != std::string::npos)
      refuse(*table.get(key), cat(key, " \"", printable(value, 200), "\": not HOST[:PORT][/PATH]"));
    return value;
  }

  PullFrom pulls(const toml::table& table) const {
    const std::string value = text(table, "pull-from-mirror");
    if (value.empty() || value == "all") return PullFrom::all;
    if (value == "digest-only") return PullFrom::digest_only;
    if (value == "tag-only") return PullFrom::tag_only;
    refuse(*table.get("pull-from-mirror"),
           cat("pull-from-mirror \"", printable(value, 80), "\": not \"all\", \"digest-only\" or \"tag-only\""));
  }

  template <class Take>
  void each_table(const toml::table& table, std::string_view key, const Take& take) const {
    const toml::node* node = table.get(key);
    if (!node) return;
    const toml::array* list = node->as_array();
    if (!list) refuse(*node, cat(key, ": not a list of tables, as [[", key, "]] makes it"));
    for (const toml::node& one : *list) {
      if (!one.is_table()) refuse(one, cat(key, ": not a table"));
      take(*one.as_table());
    }
  }

  Mirror mirror(const toml::table& table) const {
    Mirror mirror{place(table, "location"), truth(table, "insecure"), pulls(table)};
    if (mirror.location.empty()) refuse(table, "a mirror without location");
    return mirror;
  }

  void registry(const toml::table& table) const {
    Registry registry;
    registry.location = place(table, "location");
    registry.insecure = truth(table, "insecure");
    registry.blocked = truth(table, "blocked");
    registry.mirrors_by_digest_only = truth(table, "mirror-by-digest-only");
    registry.file = name;
    each_table(table, "mirror", [&](const toml::table& one) { registry.mirrors.push_back(mirror(one)); });
    std::string prefix = place(table, "prefix");
    if (prefix.empty()) prefix = registry.location;
    if (prefix.empty()) refuse(table, "a registry without prefix and location");
    if (registry.location.empty() && !prefix.starts_with("*.")) registry.location = prefix;
    if (prefix.find('*', 1) != std::string::npos || (prefix.front() == '*' && !prefix.starts_with("*.")) ||
        (prefix.front() == '*' && prefix.find('/') != std::string::npos))
      refuse(table, cat("prefix \"", printable(prefix, 200),
                        "\": a star stands only for the first parts of a host, as in *.example.com"));
    into.registries_[prefix] = std::move(registry);
  }

  void search(const toml::table& table) const {
    const toml::node* node = table.get("unqualified-search-registries");
    if (!node) return;
    if (!node->is_array()) refuse(*node, "unqualified-search-registries: not a list");
    into.searched_.clear();
    for (const toml::node& one : *node->as_array()) {
      if (!one.is_string()) refuse(one, "unqualified-search-registries: not a string");
      into.searched_.push_back(one.as_string()->get());
    }
  }

  void aliases(const toml::table& table) const {
    const toml::node* node = table.get("aliases");
    if (!node) return;
    if (!node->is_table()) refuse(*node, "aliases: not a table");
    for (const auto& [key, value] : *node->as_table()) {
      if (!value.is_string()) refuse(value, cat("aliases: ", printable(key.str(), 200), ": not a string"));
      const std::string& target = value.as_string()->get();
      if (target.empty())
        into.aliases_.erase(std::string(key.str()));
      else
        into.aliases_[std::string(key.str())] = target;
    }
  }

  void read(const toml::table& table) const {
    if (const toml::node* old = table.get("registries"))
      refuse(*old, "version 1 of this file, with [registries.search], is not read; write [[registry]]");
    search(table);
    aliases(table);
    each_table(table, "registry", [&](const toml::table& one) { registry(one); });
  }
};

void Registries::add(std::string_view text, const std::string& name) {
  try {
    Reader{*this, name}.read(toml::parse(text));
  } catch (const toml::parse_error& error) {
    fail(name, ":", error.source().begin.line, ": ", printable(error.description()));
  }
}

namespace {

std::vector<std::string> drop_ins(const std::string& folder) {
  std::vector<std::string> paths;
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir(folder.c_str()), ::closedir);
  while (const dirent* entry = listing ? ::readdir(listing.get()) : nullptr)
    if (std::string_view(entry->d_name).ends_with(".conf")) paths.push_back(cat(folder, "/", entry->d_name));
  std::sort(paths.begin(), paths.end());
  return paths;
}

Registries read_configuration() {
  Registries registries;
  const auto add = [&](const std::string& path) {
    const auto text = read_file_if_exists(path, max_conf);
    if (text) registries.add(*text, path);
    return text.has_value();
  };
  if (const char* only = std::getenv("CONTAINERS_REGISTRIES_CONF"); only && *only) {
    if (!add(only)) fail("read ", only, ": ", errno_text(ENOENT));
    return registries;
  }
  const std::string etc = "/etc/containers/registries.conf", home = user_config_folder();
  const std::string own = home.empty() ? "" : cat(home, "/containers/registries.conf");
  if (own.empty() || !add(own)) add(etc);
  std::vector<std::string> more = drop_ins(etc + ".d");
  if (!own.empty())
    for (std::string& path : drop_ins(own + ".d")) more.push_back(std::move(path));
  for (const std::string& path : more) add(path);
  return registries;
}

} // namespace

const Registries& Registries::configured() {
  static const Registries registries = read_configuration();
  return registries;
}

} // namespace oci::fetch
