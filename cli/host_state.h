// What this machine's kernel and set-up offer containers: for `oci info` and `oci validate --host`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace oci::cli {

struct HostState {
  enum class Cgroups { none, v1, hybrid, v2 };

  std::string kernel; // uname -r
  Cgroups cgroups = Cgroups::none;
  std::vector<std::string> controllers;     // "memory", "cpu", …; of v1 those that are mounted
  std::vector<std::string> namespaces;      // as config.json calls them
  std::vector<std::string> file_systems;    // /proc/filesystems
  std::vector<std::string> seccomp_actions; // as the kernel calls them: "errno"; empty without seccomp
  std::vector<std::string> security_modules;
  bool systemd = false; // runs this machine
  bool resctrl = false; // mounted
  bool kernel_at_least(unsigned major, unsigned minor) const;
  bool has_controller(std::string_view name) const;
};

HostState read_host_state();

// The text of a file of /proc, /sys or /etc; "" when it cannot be read: for us it is not there then.
std::string host_fact(const std::string& path);

std::string_view cgroups_text(HostState::Cgroups cgroups);

} // namespace oci::cli
