// Where registries really are: containers-registries.conf(5), version 2, with its drop-ins.
#pragma once

#include "spec/reference.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oci::fetch {

// Where an image may be had.
struct RegistryPlace {
  spec::Reference reference;
  bool insecure = false, is_mirror = false;
};

class Registries {
public:
  // $CONTAINERS_REGISTRIES_CONF, else the user's file or /etc's, with the drop-ins of both. Read once. Throws Error
  // that names the file, and the line where there is one.
  static const Registries& configured();

  // One after the other over what is there: what a later file says of a prefix, an alias or the search list counts.
  void add(std::string_view toml, const std::string& name);

  // Where to read it from, in this order. Never empty. Throws for one that is blocked.
  std::vector<RegistryPlace> places(const spec::Reference& reference) const;
  bool is_insecure(const spec::Reference& reference) const; // throws for one that is blocked

  // What a name without a registry stands for: its alias, else the name in each of unqualified-search-registries.
  // Empty when nothing is said of it.
  std::vector<std::string> names_of(const std::string& short_name) const;

private:
  enum class PullFrom { all, digest_only, tag_only };
  struct Mirror {
    std::string location;
    bool insecure = false;
    PullFrom pulls = PullFrom::all;
  };
  struct Registry {
    std::string location;
    bool insecure = false, blocked = false, mirrors_by_digest_only = false;
    std::vector<Mirror> mirrors;
    std::string file;
  };
  struct Reader; // from TOML
  struct Match {
    const Registry* registry = nullptr;
    std::size_t length = 0; // of the reference's text that the prefix covers
  };
  Match find(const std::string& reference) const;

  std::map<std::string, Registry> registries_; // by prefix
  std::map<std::string, std::string> aliases_;
  std::vector<std::string> searched_;
};

} // namespace oci::fetch
