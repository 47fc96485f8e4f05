#include "cli/runtime_options.h"

#include "base/error.h"

#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>

namespace oci::cli {

runtime::Settings runtime_settings(const Globals& globals) {
  runtime::Settings settings;
  settings.root = globals.state_root();
  if (globals.systemd_cgroup || globals.cgroup_manager == "systemd")
    throw Error("the systemd cgroup manager is not available")
        .with_hint("use --cgroup-manager cgroupfs (in engines: their cgroupfs cgroup driver)");
  if (globals.cgroup_manager == "disabled") {
    settings.cgroup_manager = runtime::CgroupManager::disabled;
  } else if (!globals.cgroup_manager.empty() && globals.cgroup_manager != "cgroupfs") {
    fail("--cgroup-manager ", printable(globals.cgroup_manager), ": not cgroupfs or disabled");
  }
  if (globals.rootless && *globals.rootless != "auto") {
    if (*globals.rootless != "true" && *globals.rootless != "false")
      fail("--rootless ", printable(*globals.rootless), ": not true, false or auto");
    settings.rootless = *globals.rootless == "true";
  }
  return settings;
}

std::string caller_variable(const char* name) {
  const char* value = ::getenv(name);
  return value == nullptr ? "" : value;
}

std::uint64_t parse_number(std::string_view flag, const std::string& text, std::uint64_t least, std::uint64_t most) {
  const auto number = parse_unsigned(text);
  if (!number || *number < least || *number > most)
    fail(flag, ' ', printable(text), ": not a number from ", least, " to ", most);
  return *number;
}

void CreateFlags::declare(Command& command) {
  command.option("-b,--bundle", "DIR", "the bundle's folder (default the current one)", bundle);
  command.option("-f,--config", "FILE", "read FILE instead of the bundle's config.json", options.config_file);
  command.option("--console-socket", "SOCKET", "send the terminal's master to this unix socket",
                 options.console_socket);
  command.option("--pid-file", "FILE", "write the process id to FILE", options.pid_file);
  command.option("--pidfd-socket", "SOCKET", "send the process's pidfd to this unix socket", options.pidfd_socket);
  command.flag("--no-pivot", "do not use pivot_root (for a rootfs on a ramdisk)", options.no_pivot);
  command.flag("--no-new-keyring", "keep the caller's session keyring", options.no_new_keyring);
  command.option("--preserve-fds", "N", "pass N more descriptors from 3 on", preserve_fds);
  command.flag("--no-subreaper", "accepted for runc's sake", no_subreaper);
  command.hide_last();
}

namespace {

// sd_listen_fds(3): sockets that were opened for us are the program's, which is process 1 inside.
void add_activation(runtime::CreateOptions& options) {
  const auto pid = parse_unsigned(caller_variable("LISTEN_PID"));
  const auto count = parse_unsigned(caller_variable("LISTEN_FDS"));
  constexpr std::uint64_t most = 1024;
  if (pid != static_cast<std::uint64_t>(::getpid()) || !count || *count == 0 || *count > most) return;
  options.preserve_fds += static_cast<int>(*count);
  options.env = {cat("LISTEN_FDS=", *count), "LISTEN_PID=1"};
  if (const std::string names = caller_variable("LISTEN_FDNAMES"); !names.empty())
    options.env.push_back(cat("LISTEN_FDNAMES=", names));
  for (int fd = 3; fd < 3 + static_cast<int>(*count); ++fd) // whoever takes them over closes them on exec
    if (const int flags = ::fcntl(fd, F_GETFD); flags >= 0) ::fcntl(fd, F_SETFD, flags & ~FD_CLOEXEC);
}

} // namespace

runtime::CreateOptions CreateFlags::for_id(const std::string& id) const {
  runtime::CreateOptions out = options;
  out.id = id;
  if (bundle) out.bundle = *bundle;
  if (!preserve_fds.empty()) out.preserve_fds = static_cast<int>(parse_number("--preserve-fds", preserve_fds, 0, 1024));
  add_activation(out);
  out.notify_socket = caller_variable("NOTIFY_SOCKET");
  return out;
}

} // namespace oci::cli
