// What is to be synchronized, as skopeo-sync(1) has it in YAML: registries, their repositories, and which of their
// tags. A part of fetch/fetch.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oci::fetch {

struct SyncRepository {
  enum class Which { listed, all, regex, semver };
  std::string name; // with its registry
  Which which = Which::all;
  std::vector<std::string> listed; // tags and digests
  std::string pattern;             // what tags are chosen by

  // Of the repository's tags those that are wanted, in their order.
  std::vector<std::string> choose(const std::vector<std::string>& tags) const;
};

struct SyncRegistry {
  std::string name;
  std::vector<SyncRepository> repositories;
  std::optional<Credentials> credentials;
  std::optional<bool> tls_verify;
  std::string cert_dir;
};

// Throws Error that names what is wrong, patterns included.
std::vector<SyncRegistry> parse_sync_list(std::string_view yaml, std::string_view name);

} // namespace oci::fetch
