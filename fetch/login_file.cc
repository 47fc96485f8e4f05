#include "fetch/fetch.h"

#include "base/base64.h"
#include "base/files.h"
#include "base/json.h"
#include "base/sys.h"
#include "fetch/credential_helper.h"
#include "fetch/credentials.h"

#include <cerrno>

namespace oci::fetch {
namespace {

constexpr std::size_t max_auth_file = 4u << 20;

Json load(const std::string& path) {
  const auto text = read_file_if_exists(path, max_auth_file);
  if (!text || text->empty()) return Json::Object();
  try {
    Json document = parse_json(*text, path, {.duplicates = JsonLimits::Duplicates::last_wins});
    if (document.as_object() != nullptr) return document;
  } catch (const Error&) { // its text could be in the message
  }
  fail("auth file ", path, ": not a JSON object");
}

void store(const std::string& path, const Json& document) {
  const std::string full = absolute_path(path);
  const Fd folder = make_dirs(parent_path(full), 0700);
  write_file_atomic(folder.get(), base_name(full), dump_json(document, {.indent = "\t", .escape_html = false}), 0600);
}

// The helper that keeps this registry's credentials; "" when the file itself does.
std::string helper_for(const Json& file, const std::string& key) {
  const Json* helpers = file.find("credHelpers");
  const Json* own = helpers == nullptr ? nullptr : helpers->find(key);
  if (own != nullptr && own->as_string() != nullptr) return *own->as_string();
  const Json* all = file.find("credsStore");
  return all != nullptr && all->as_string() != nullptr ? *all->as_string() : "";
}

} // namespace

std::string login_file(const LoginPlace& place) {
  if (!place.compat_file.empty() && !place.auth_file.empty())
    fail("options for paths to the credential file and to the Docker-compatible credential file can not be set "
         "simultaneously");
  if (!place.compat_file.empty()) return place.compat_file;
  const std::vector<AuthFile> files = auth_files(place.auth_file);
  // Whoever moves docker's configuration means its logins, too.
  const std::string docker = path_from_environment("DOCKER_CONFIG");
  return files.front().required || docker.empty() ? files.front().path : cat(docker, "/config.json");
}

std::string login_key(const std::string& text) {
  std::string key = text;
  bool is_url = false;
  for (const std::string_view scheme : {"https://", "http://", "docker://"})
    if (key.starts_with(scheme)) {
      key.erase(0, scheme.size());
      is_url = scheme != "docker://";
    }
  while (key.ends_with('/')) key.pop_back();
  if (is_url) key = key.substr(0, key.find('/'));
  if (key.empty() || key.find_first_of(" @?#\n") != std::string::npos) fail(printable(text), ": not a registry");
  return key == "index.docker.io" || key == "registry-1.docker.io" ? "docker.io" : key;
}

void save_login(const LoginPlace& place, const std::string& key, const Credentials& credentials) {
  const std::string path = login_file(place);
  Json file = load(path);
  if (const std::string helper = helper_for(file, key); !helper.empty())
    return store_in_helper(helper, key, credentials);
  Json* entries = file.find("auths");
  if (entries == nullptr || entries->as_object() == nullptr) entries = &file.set("auths", Json::Object());
  entries->set(key, Json::Object{{"auth", base64_encode(cat(credentials.user, ":", credentials.password))}});
  store(path, file);
}

bool remove_login(const LoginPlace& place, const std::string& key) {
  const std::string path = login_file(place);
  Json file = load(path);
  if (const std::string helper = helper_for(file, key); !helper.empty()) {
    if (!ask_helper(helper, key)) return false;
    erase_in_helper(helper, key);
    return true;
  }
  Json* entries = file.find("auths");
  bool removed = entries != nullptr && entries->erase(key);
  if (entries != nullptr && key == "docker.io") removed = entries->erase("https://index.docker.io/v1/") || removed;
  if (removed) store(path, file);
  return removed;
}

void remove_all_logins(const LoginPlace& place) {
  const std::string path = login_file(place);
  Json file = load(path);
  if (const Json* helpers = file.find("credHelpers"); helpers != nullptr && helpers->as_object() != nullptr)
    for (const auto& [registry, helper] : *helpers->as_object())
      if (helper.as_string() != nullptr && ask_helper(*helper.as_string(), registry))
        erase_in_helper(*helper.as_string(), registry);
  file.set("auths", Json::Object());
  store(path, file);
}

std::optional<std::string> logged_in_user(const LoginPlace& place, const std::string& key) {
  RegistryOptions options;
  options.auth_file = place.compat_file.empty() ? place.auth_file : place.compat_file;
  if (!options.auth_file.empty() && !sys::stat(options.auth_file)) return std::nullopt;
  spec::Reference any;
  any.registry = key.substr(0, key.find('/'));
  any.repository = key.find('/') == std::string::npos ? "" : key.substr(key.find('/') + 1);
  const auto login = find_login(any, options);
  return login ? std::optional(login->credentials.user) : std::nullopt;
}

} // namespace oci::fetch
