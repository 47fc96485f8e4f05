// Logins written to an auth file (containers-auth.json(5)) or the helper it names. A part of fetch/fetch.h.
#pragma once

#include <optional>
#include <string>

namespace oci::fetch {

struct LoginPlace {
  std::string auth_file;   // "": $REGISTRY_AUTH_FILE, else the first of containers-auth.json(5)
  std::string compat_file; // a config.json of docker's; instead of auth_file
};

// `key` is a registry, or a repository or namespace of one without a tag. The file is written atomically, mode 0600;
// what else is in it stays.
void save_login(const LoginPlace& place, const std::string& key, const Credentials& credentials);
// False when there was none.
bool remove_login(const LoginPlace& place, const std::string& key);
void remove_all_logins(const LoginPlace& place);
// The user logged in, or nullopt.
std::optional<std::string> logged_in_user(const LoginPlace& place, const std::string& key);
// Where save_login writes.
std::string login_file(const LoginPlace& place);

// "https://host/v2/" -> "host"; "host/namespace" stays. Throws for what is no registry.
std::string login_key(const std::string& text);

} // namespace oci::fetch
