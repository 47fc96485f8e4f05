// Options that every verb takes, before or after its name.
#pragma once

#include "cli/args.h"

#include <optional>
#include <string>
#include <string_view>

namespace oci::cli {

// Called through a link named like an older tool, we have its command line (architecture, "The command line").
enum class Personality { oci, runc, crun, umoci, skopeo };

struct Globals {
  Personality personality = Personality::oci;
  std::string root;       // where containers' states are; "" for the default
  std::string store;      // --store; "" for $OCI_STORE or the default
  std::string log;        // file, "" is stderr
  std::string log_format; // "", "text", "json"
  std::string log_level;  // "", "error", "warning", "debug"
  std::string cgroup_manager;
  bool debug = false, verbose = false, systemd_cgroup = false;
  std::optional<std::string> rootless;
  std::string policy; // skopeo's, before or after its verb
  bool insecure_policy = false;

  void declare(Command& command);
  // The folder of containers' states: --root, else /run/oci, /run/runc, /run/crun by our name, for a user beneath
  // $XDG_RUNTIME_DIR.
  std::string state_root() const;
};

Personality personality_of(const char* argv0);
std::string_view name_of(Personality personality); // "oci", "runc", …
void setup_log(const Globals& globals);

} // namespace oci::cli
