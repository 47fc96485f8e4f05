#include "fetch/fetch.h"
#include "fetch/semver.h"
#include "fetch/yaml.h"

#include <algorithm>
#include <regex>

namespace oci::fetch {
namespace {

using Which = SyncRepository::Which;

std::regex compile(const std::string& pattern) {
  try {
    return std::regex(pattern, std::regex::ECMAScript | std::regex::optimize);
  } catch (const std::regex_error& error) {
    fail("not a regular expression: ", printable(pattern, 120), ": ", to_lower(error.what()));
  }
}

const std::string& text_of(const Json& value, std::string_view name) {
  const std::string* text = value.as_string();
  if (text == nullptr) fail(name, ": expected a text");
  return *text;
}

const Json::Object& mapping(const Json& value, std::string_view name) {
  static const Json::Object nothing;
  if (value.is_null()) return nothing;
  const Json::Object* members = value.as_object();
  if (members == nullptr) fail(name, ": expected a mapping");
  return *members;
}

bool truth(const Json& value, std::string_view name) {
  const std::string text = to_lower(text_of(value, name));
  if (text != "true" && text != "false") fail(name, ": not true or false");
  return text == "true";
}

SyncRepository listed(std::string name, const Json& tags, std::string_view shown) {
  SyncRepository repository{std::move(name), Which::all, {}, ""};
  if (tags.is_null()) return repository;
  if (tags.as_array() == nullptr) fail(shown, ": expected a list of tags");
  for (const Json& tag : *tags.as_array()) repository.listed.push_back(text_of(tag, shown));
  if (!repository.listed.empty()) repository.which = Which::listed;
  return repository;
}

SyncRepository patterned(std::string name, Which which, const Json& pattern, const std::string& shown) {
  SyncRepository repository{std::move(name), which, {}, text_of(pattern, shown)};
  with_context(shown, [&] { (void)repository.choose({}); });
  return repository;
}

Credentials parse_login(const Json& fields, const std::string& shown) {
  Credentials login;
  for (const auto& [key, value] : mapping(fields, shown)) {
    if (key != "username" && key != "password") fail(shown, ": ", printable(key, 120), ": not known");
    (key == "username" ? login.user : login.password) = text_of(value, cat(shown, ": ", key));
  }
  return login;
}

SyncRegistry parse_registry(const std::string& name, const Json& fields, const std::string& shown) {
  SyncRegistry registry;
  registry.name = name;
  for (const auto& [key, value] : mapping(fields, shown)) {
    const std::string place = cat(shown, ": ", printable(key, 120));
    if (key == "images" || key == "images-by-tag-regex" || key == "images-by-semver") {
      const Which which = key == "images-by-semver" ? Which::semver : Which::regex;
      for (const auto& [image, wanted] : mapping(value, place)) {
        const std::string at = cat(place, ": ", printable(image, 120)), repository = cat(name, "/", image);
        registry.repositories.push_back(key == "images" ? listed(repository, wanted, at)
                                                        : patterned(repository, which, wanted, at));
      }
    } else if (key == "credentials") {
      registry.credentials = parse_login(value, place);
    } else if (key == "tls-verify") {
      registry.tls_verify = truth(value, place);
    } else if (key == "cert-dir") {
      registry.cert_dir = text_of(value, place);
    } else {
      fail(place, ": not known");
    }
  }
  return registry;
}

} // namespace

std::vector<std::string> SyncRepository::choose(const std::vector<std::string>& tags) const {
  std::vector<std::string> chosen;
  const auto keep = [&](auto&& wanted) { std::copy_if(tags.begin(), tags.end(), std::back_inserter(chosen), wanted); };
  switch (which) {
  case Which::listed:
    return listed;
  case Which::all:
    return tags;
  case Which::regex: {
    const std::regex expression = compile(pattern);
    keep([&](const std::string& tag) { return std::regex_search(tag, expression); });
    break;
  }
  case Which::semver: {
    const VersionConstraint constraint = VersionConstraint::parse(pattern);
    keep([&](const std::string& tag) {
      const auto version = Version::parse(tag);
      return version && constraint.allows(*version);
    });
    break;
  }
  }
  return chosen;
}

std::vector<SyncRegistry> parse_sync_list(std::string_view yaml, std::string_view name) {
  const Json list = parse_yaml(yaml, name);
  std::vector<SyncRegistry> registries;
  for (const auto& [registry, fields] : mapping(list, name))
    registries.push_back(parse_registry(registry, fields, cat(name, ": ", printable(registry, 120))));
  return registries;
}

} // namespace oci::fetch
