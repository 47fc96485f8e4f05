#include "cli/globals.h"

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"

#include <unistd.h>

namespace oci::cli {

std::string_view name_of(Personality personality) {
  switch (personality) {
  case Personality::runc:
    return "runc";
  case Personality::crun:
    return "crun";
  case Personality::skopeo:
    return "skopeo";
  case Personality::umoci:
    return "umoci";
  case Personality::oci:
    break;
  }
  return "oci";
}

void Globals::declare(Command& command) {
  command.option("--root", "DIR", "where containers' states are kept (default /run/oci)", root);
  command.option("--store", "DIR", "the image store (default $OCI_STORE or /var/lib/oci)", store);
  command.option("--log", "FILE", "append log lines to FILE instead of stderr", log);
  command.option("--log-format", "FORMAT", "text or json", log_format);
  command.flag("--debug", "log more: each request to a registry", debug);
  command.flag("--verbose", "log what is decided: whose credentials are used", verbose);
  command.option("--cgroup-manager", "NAME", "cgroupfs or disabled", cgroup_manager);
  command.flag("--systemd-cgroup", "let systemd make the cgroup", systemd_cgroup);
  command.hide_last();
  command.option("--log-level", "LEVEL", "error, warning or debug (crun's)", log_level);
  command.hide_last();
  command.option("--rootless", "BOOL", "true, false or auto", rootless);
  command.hide_last();
}

std::string Globals::state_root() const {
  if (!root.empty()) return absolute_path(root);
  const std::string_view name = name_of(personality);
  if (::geteuid() == 0) return cat("/run/", name);
  const std::string runtime_dir = path_from_environment("XDG_RUNTIME_DIR");
  return runtime_dir.empty() ? cat("/tmp/", name, "-", ::geteuid()) : cat(runtime_dir, "/", name);
}

Personality personality_of(const char* argv0) {
  const std::string name = base_name(argv0 == nullptr ? "" : argv0);
  if (name == "runc") return Personality::runc;
  if (name == "crun") return Personality::crun;
  if (name == "umoci") return Personality::umoci;
  if (name == "skopeo") return Personality::skopeo;
  return Personality::oci;
}

void setup_log(const Globals& globals) {
  log::Setup setup;
  setup.file = globals.log;
  if (globals.log_format == "json") {
    setup.format = log::Format::json;
  } else if (!globals.log_format.empty() && globals.log_format != "text") {
    fail("--log-format ", printable(globals.log_format), ": not text or json");
  }
  if (globals.personality == Personality::runc && setup.format == log::Format::text) setup.format = log::Format::pairs;
  constexpr std::string_view file = "file:"; // crun's
  if (setup.file.starts_with(file)) setup.file.erase(0, file.size());
  if (globals.log_level == "error") setup.threshold = log::Level::error;
  if (globals.log_level == "debug") setup.threshold = log::Level::debug;
  if (!globals.log_level.empty() && globals.log_level != "error" && globals.log_level != "warning" &&
      globals.log_level != "debug")
    fail("--log-level ", printable(globals.log_level), ": not error, warning or debug");
  if (globals.verbose) setup.threshold = log::Level::info;
  if (globals.debug) setup.threshold = log::Level::debug;
  log::setup(setup);
}

} // namespace oci::cli
