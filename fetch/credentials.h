// Who we are to a registry: what the user gave, or the auth files of containers-auth.json(5) and docker's config.json.
#pragma once

#include "base/json.h"
#include "fetch/fetch.h"

#include <optional>
#include <string>
#include <vector>

namespace oci::fetch {

struct Login {
  Credentials credentials;
  std::string origin; // "--creds" or the file it is from, for messages
};

struct AuthFile {
  std::string path;
  bool legacy = false;   // ~/.dockercfg: no "auths" around the entries
  bool required = false; // named by the user: must exist
};

// The files to look at, in order. Environment variables are read here and nowhere else.
std::vector<AuthFile> auth_files(const std::string& named);

// What one file says about a repository of a registry: keys from the longest path down to the registry, then keys as
// docker writes them ("https://index.docker.io/v1/"). `name` is the file's, for errors, which never hold the content.
std::optional<Credentials> credentials_in(const Json& file, bool legacy, const std::string& registry,
                                          const std::string& repository, const std::string& name);

// The login for a reference, or nullopt: anonymous.
std::optional<Login> find_login(const spec::Reference& reference, const RegistryOptions& options);

} // namespace oci::fetch
