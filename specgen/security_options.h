// --security-opt, as docker and podman spell it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace oci::specgen {

struct SecurityOptions {
  std::optional<bool> no_new_privileges;
  std::string seccomp;                                    // "", "unconfined", "default", or a file's path
  std::string apparmor;                                   // "", "unconfined", or a profile's name
  std::vector<std::pair<std::string, std::string>> label; // SELinux: "type" -> "container_t"
  bool no_label = false;
  std::vector<std::string> mask, unmask;
  bool unmask_all = false;

  bool seccomp_is_file() const {
    return !seccomp.empty() && seccomp != "unconfined" && seccomp != "default" && seccomp != "builtin";
  }
};

SecurityOptions parse_security_options(const std::vector<std::string>& texts);

} // namespace oci::specgen
