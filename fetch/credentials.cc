#include "fetch/credentials.h"

#include "base/base64.h"
#include "base/files.h"
#include "base/log.h"
#include "base/user_folders.h"
#include "fetch/credential_helper.h"

#include <cstdlib>
#include <unistd.h>

namespace oci::fetch {
namespace {

constexpr std::size_t max_auth_file = 4u << 20;

// docker.io under its older names.
std::string canonical_registry(std::string_view host) {
  if (host == "index.docker.io" || host == "registry-1.docker.io") return "docker.io";
  return std::string(host);
}

// The registry a key of docker's stands for: "https://index.docker.io/v1/" is docker.io.
std::string registry_of_key(std::string_view key) {
  for (std::string_view scheme : {"https://", "http://"}) {
    if (key.starts_with(scheme)) key.remove_prefix(scheme.size());
  }
  return canonical_registry(key.substr(0, key.find('/')));
}

std::string text_member(const Json& entry, std::string_view key) {
  const Json* value = entry.find(key);
  const std::string* text = value ? value->as_string() : nullptr;
  return text ? *text : "";
}

// nullopt: the entry is empty, as docker leaves it beside a credential helper.
std::optional<Credentials> read_entry(const Json& entry, const std::string& name, std::string_view key) {
  Credentials found{text_member(entry, "username"), text_member(entry, "password")};
  if (std::string auth = text_member(entry, "auth"); !auth.empty()) {
    auto decoded = base64_decode(auth);
    auto colon = decoded ? decoded->find(':') : std::string::npos;
    if (colon == std::string::npos) fail(name, ": entry ", printable(key), ": \"auth\" is not base64 of user:password");
    found = {decoded->substr(0, colon), decoded->substr(colon + 1)};
    while (found.password.ends_with('\0')) found.password.pop_back();
  }
  if (const std::string token = text_member(entry, "identitytoken"); !token.empty())
    return Credentials{std::string(token_user), token};
  if (found.user.empty()) return std::nullopt;
  return found;
}

// What the helper named for this registry, or for all, has.
std::optional<Credentials> credentials_of_helper(const Json& file, const std::string& registry) {
  const Json* helpers = file.find("credHelpers");
  const Json* helper = helpers != nullptr ? helpers->find(registry) : nullptr;
  if (helper == nullptr) helper = file.find("credsStore");
  const std::string* name = helper != nullptr ? helper->as_string() : nullptr;
  return name != nullptr && !name->empty() ? ask_helper(*name, registry) : std::nullopt;
}

// Messages of the parser could hold a piece of the file: only the file is named.
Json parse_auth_file(const std::string& text, const std::string& path) {
  Json file;
  try {
    file = parse_json(text, path, {.duplicates = JsonLimits::Duplicates::last_wins});
  } catch (const Error&) {
    fail("auth file ", path, ": not valid JSON");
  }
  if (!file.as_object()) fail("auth file ", path, ": not a JSON object");
  return file;
}

std::string home_folder() { return path_from_environment("HOME"); }

std::string or_else(std::string first, const std::string& second) { return first.empty() ? second : first; }

} // namespace

Credentials parse_credentials(std::string_view text) {
  auto colon = text.find(':');
  Credentials credentials{std::string(text.substr(0, colon)),
                          colon == std::string_view::npos ? "" : std::string(text.substr(colon + 1))};
  if (credentials.user.empty()) fail("credentials: username can't be empty; expected USER:PASSWORD");
  return credentials;
}

std::vector<AuthFile> auth_files(const std::string& named) {
  std::string only = or_else(named, path_from_environment("REGISTRY_AUTH_FILE"));
  if (!only.empty()) return {{only, false, true}};
  std::string home = home_folder();
  std::string run = or_else(path_from_environment("XDG_RUNTIME_DIR"), cat("/run/containers/", getuid()));
  std::vector<AuthFile> files{{cat(run, "/containers/auth.json")}};
  if (std::getenv("XDG_RUNTIME_DIR") == nullptr) files.front().path = cat(run, "/auth.json");
  const std::string config = user_config_folder();
  if (!config.empty()) files.push_back({cat(config, "/containers/auth.json")});
  std::string docker = path_from_environment("DOCKER_CONFIG");
  if (docker.empty() && !home.empty()) docker = cat(home, "/.docker");
  if (!docker.empty()) files.push_back({cat(docker, "/config.json")});
  if (!home.empty()) files.push_back({cat(home, "/.dockercfg"), true});
  return files;
}

std::optional<Credentials> credentials_in(const Json& file, bool legacy, const std::string& registry,
                                          const std::string& repository, const std::string& name) {
  const Json* entries = legacy ? &file : file.find("auths");
  if (!entries || entries->is_null()) return std::nullopt;
  if (!entries->as_object()) fail("auth file ", name, ": \"auths\" is not an object");
  std::string key = cat(registry, "/", repository);
  while (true) {
    if (const Json* entry = entries->find(key)) {
      if (auto found = read_entry(*entry, name, key)) return found;
    }
    auto slash = key.rfind('/');
    if (slash == std::string::npos) break;
    key.resize(slash);
  }
  for (const auto& [other, entry] : *entries->as_object()) {
    bool names_registry = other.find("://") != std::string::npos || other.find('/') == std::string::npos;
    if (!names_registry || registry_of_key(other) != canonical_registry(registry)) continue;
    if (auto found = read_entry(entry, name, other)) return found;
  }
  return std::nullopt;
}

std::optional<Login> find_login(const spec::Reference& reference, const RegistryOptions& options) {
  if (options.anonymous) return std::nullopt;
  if (options.credentials) return Login{*options.credentials, "--creds"};
  for (const AuthFile& file : auth_files(options.auth_file)) {
    std::optional<std::string> text = read_file_if_exists(file.path, max_auth_file);
    if (!text && file.required) fail("auth file ", file.path, ": ", errno_text(ENOENT));
    if (!text || text->empty()) continue;
    Json content = parse_auth_file(*text, file.path);
    if (auto found = credentials_of_helper(content, reference.registry)) {
      log::info("using the credentials of a helper that ", file.path, " names");
      return Login{std::move(*found), cat("the credential helper that ", file.path, " names")};
    }
    if (auto found = credentials_in(content, file.legacy, reference.registry, reference.repository, file.path)) {
      log::info("using the credentials of ", file.path);
      return Login{std::move(*found), file.path};
    }
  }
  return std::nullopt;
}

} // namespace oci::fetch
