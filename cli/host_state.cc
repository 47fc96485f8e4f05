#include "cli/host_state.h"

#include "cli/host_facts.h"

#include "base/files.h"
#include "base/text.h"

#include <algorithm>
#include <array>
#include <sys/utsname.h>
#include <unistd.h>

namespace oci::cli {

namespace {

constexpr std::size_t max_fact = 1u << 20;

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

std::vector<std::string> words_of(std::string_view text, char separator) {
  std::vector<std::string> words = split(trim(text), separator);
  std::erase(words, "");
  return words;
}

constexpr std::array<std::pair<const char*, const char*>, 8> namespace_files{{{"mount", "mnt"},
                                                                              {"pid", "pid"},
                                                                              {"network", "net"},
                                                                              {"ipc", "ipc"},
                                                                              {"uts", "uts"},
                                                                              {"user", "user"},
                                                                              {"cgroup", "cgroup"},
                                                                              {"time", "time"}}};

std::vector<std::string> namespaces() {
  std::vector<std::string> out;
  for (const auto& [name, file] : namespace_files)
    if (exists(cat("/proc/self/ns/", file))) out.emplace_back(name);
  return out;
}

// "nodev\tproc" or "\text4"
std::vector<std::string> file_systems() {
  std::vector<std::string> out;
  for (const std::string& line : words_of(host_fact("/proc/filesystems"), '\n'))
    out.push_back(line.substr(line.find('\t') + 1));
  return out;
}

// "name\thierarchy\tcgroups\tenabled"; a hierarchy is used where it is mounted.
std::vector<std::string> v1_controllers() {
  std::vector<std::string> out;
  for (const std::string& line : words_of(host_fact("/proc/cgroups"), '\n'))
    if (const std::string name = line.substr(0, line.find('\t')); exists(cat("/sys/fs/cgroup/", name)))
      out.push_back(name);
  return out;
}

} // namespace

std::string host_fact(const std::string& path) {
  try {
    return read_file_if_exists(path, max_fact).value_or("");
  } catch (const Error&) {
    return "";
  }
}

HostState read_host_state() {
  HostState state;
  utsname names{};
  if (::uname(&names) == 0) state.kernel = names.release;
  if (host_has_cgroup2_only()) {
    state.cgroups = HostState::Cgroups::v2;
    state.controllers = words_of(host_fact("/sys/fs/cgroup/cgroup.controllers"), ' ');
  } else if (exists("/proc/cgroups") && exists("/sys/fs/cgroup/memory")) {
    state.cgroups = exists("/sys/fs/cgroup/unified") ? HostState::Cgroups::hybrid : HostState::Cgroups::v1;
    state.controllers = v1_controllers();
  }
  state.namespaces = namespaces();
  state.file_systems = file_systems();
  state.seccomp_actions = words_of(host_fact("/proc/sys/kernel/seccomp/actions_avail"), ' ');
  state.security_modules = words_of(host_fact("/sys/kernel/security/lsm"), ',');
  state.systemd = exists("/run/systemd/system");
  state.resctrl = exists("/sys/fs/resctrl/schemata");
  return state;
}

bool HostState::kernel_at_least(unsigned major, unsigned minor) const {
  const std::vector<std::string> numbers = split(kernel.substr(0, kernel.find_first_not_of("0123456789.")), '.');
  const auto number = [&](std::size_t at) { return at < numbers.size() ? parse_unsigned(numbers[at]).value_or(0) : 0; };
  return number(0) > major || (number(0) == major && number(1) >= minor);
}

bool HostState::has_controller(std::string_view name) const {
  return std::find(controllers.begin(), controllers.end(), name) != controllers.end();
}

std::string_view cgroups_text(HostState::Cgroups cgroups) {
  switch (cgroups) {
  case HostState::Cgroups::v1:
    return "v1";
  case HostState::Cgroups::hybrid:
    return "hybrid";
  case HostState::Cgroups::v2:
    return "v2";
  default:
    return "none";
  }
}

} // namespace oci::cli
