// The OCI runtime as a library (runtime-spec 1.3, runtime.md "Operations"). Nothing here prints a result, exits or
// reads argv; warnings go to base/log.h. Every function throws oci::Error. No threads: the caller must be
// single-threaded.
#pragma once

#include "base/child.h"
#include "spec/runtime_config.h"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace oci::runtime {

enum class CgroupManager { cgroupfs, systemd, disabled };

// What all commands share.
struct Settings {
  std::string root; // absolute; holds one folder a container
  CgroupManager cgroup_manager = CgroupManager::cgroupfs;
  std::optional<bool> rootless; // nullopt: when we are not root, or are root of a user namespace of one id
};

// Ids are [A-Za-z0-9_+-][A-Za-z0-9_+.-]*, at most 255 bytes. Throws.
void check_id(std::string_view id);

struct CreateOptions {
  std::string id;
  std::string bundle = ".";
  std::string config_file;    // "": config.json in the bundle
  std::string console_socket; // unix socket that is sent the pseudo-terminal's master; needs process.terminal
  std::string pid_file;       // relative to the current folder; digits only. "": none
  std::string pidfd_socket;   // unix socket that is sent the container's pidfd
  bool no_pivot = false;      // MS_MOVE and chroot in the place of pivot_root
  bool no_new_keyring = false;
  int preserve_fds = 0;         // descriptors 3 … 3+N-1 are handed on
  std::vector<std::string> env; // "NAME=VALUE", beside the config's
  std::string notify_socket;    // the caller's $NOTIFY_SOCKET: READY=1 from inside is passed on to it. "": none
};

// The container's process gets our descriptors 0-2 (or a terminal) and waits for start. On failure nothing is left.
void create(const Settings& settings, const CreateOptions& options);

// Runs the startContainer hooks and the program, then the poststart hooks. Returns when the program was executed; with
// `notify_socket`, which create was given too, when it has said that it is ready.
void start(const Settings& settings, const std::string& id, const std::string& notify_socket = "");

struct RunOptions : CreateOptions {
  bool detach = false;
  bool keep = false; // do not delete the container when its program has ended
};

// create and start. In the foreground: relays the terminal and signals, waits for the end, deletes the container, and
// gives the program's status; detached: gives 0 at once.
ExitStatus run(const Settings& settings, const RunOptions& options);

struct ExecOptions {
  std::string id;
  spec::Process
      process; // whole: what --process holds, or container_config() changed by the flags; `terminal` decides --tty
  bool detach = false;
  bool ignore_paused = false; // run it although the container is paused
  std::string console_socket;
  std::string pid_file;
  std::string pidfd_socket;
  // Cgroups beneath the container's that are there: "PATH", of v1 also "CONTROLLER[,CONTROLLER]:PATH". Empty: its own.
  std::vector<std::string> cgroups;
  int preserve_fds = 0;
};

// A further process in the container, which may be created or running. Detached: gives 0 when it was executed.
ExitStatus exec(const Settings& settings, const ExecOptions& options);

enum class Status { creating, created, running, stopped, paused };
const char* status_name(Status status);

// runtime.md "State", with what go-runc reads beside it.
struct ContainerState {
  std::string oci_version;
  std::string id;
  Status status = Status::stopped;
  pid_t pid = 0; // 0 when stopped
  std::string bundle;
  std::string rootfs;
  std::string created; // RFC 3339, UTC
  std::string owner;   // a user's name, or its number
  std::map<std::string, std::string> annotations;
  bool foreign = false; // in our root, but written by another program: listed, never changed
};

ContainerState state(const Settings& settings, const std::string& id);
Json to_json(const ContainerState& state); // the members of `state ID`, in runc's order

// The config the container was created with (its process is what exec's flags build on).
spec::RuntimeConfig container_config(const Settings& settings, const std::string& id);

// "9", "KILL", "SIGKILL", "RTMIN+3"; nullopt for others.
std::optional<int> signal_number(std::string_view name);

// Of a stopped container: "container not running"; with `all` that is no error, and every process gets the signal.
void kill(const Settings& settings, const std::string& id, int signal, bool all = false);

// Force: kills what runs, and does nothing for an unknown id. A created container may be removed without it.
void remove(const Settings& settings, const std::string& id, bool force = false);

std::vector<ContainerState> list(const Settings& settings); // by id

std::vector<pid_t> processes(const Settings& settings, const std::string& id); // as we number them

// Freezes, and thaws, every process of the container. "container not running", "container not paused".
void pause(const Settings& settings, const std::string& id);
void resume(const Settings& settings, const std::string& id);

// Changes limits of a container that is not stopped: `resources` are members of linux.resources (config-linux.md) laid
// over what it has; devices stay. Zero and "" change nothing. What fails half-way is set back.
void update(const Settings& settings, const std::string& id, const Json& resources);

// What this runtime can do (runtime-spec features.md); needs no privileges and looks at nothing.
Json features();

// {"type": "stats", "id": …, "data": …} in runc's form. Throws for a container that is not running.
Json container_statistics(const Settings& settings, const std::string& id);

// Calls `tell` with the statistics every `interval` and with {"type": "oom", …} when the container has run out of
// memory, until it has ended.
void watch_events(const Settings& settings, const std::string& id, std::chrono::milliseconds interval,
                  const std::function<void(const Json&)>& tell);

} // namespace oci::runtime
