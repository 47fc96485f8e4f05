// What is kept of a container between two commands: the folder <root>/<id> and state.json in it.
//
// State before effect: state.json (status "creating", with the names of every cgroup and mount about to be made) is
// stored before the first of them exists, so that `delete --force` can remove what a killed create left. The lock of a
// container is a flock on its state folder itself; whoever gets it checks that the folder still has its name, so a
// delete and a create of one id never both believe to have it, and no lock file is left behind. Created is told from
// running by the socket start_socket in the folder: the container's init listens there until it executes the program. A
// connection that closes without a word is a question and nothing else: init accepts the next.
#pragma once

#include "base/fd.h"
#include "base/json.h"
#include "runtime/cgroup.h"
#include "runtime/runtime.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace oci::runtime {

inline constexpr char state_file[] = "state.json";
inline constexpr char config_file[] = "config.json"; // the bundle's at the time of create
inline constexpr char start_socket[] = "start.sock";

// One process of all that ever had its pid.
struct ProcessIdentity {
  pid_t pid = 0;                // 0: no process yet
  std::uint64_t start_time = 0; // field 22 of /proc/PID/stat: clock ticks since boot
  std::uint64_t pidfs = 0;      // inode of its pidfd, unique until the next boot; 0 before Linux 6.9
  std::string boot;             // /proc/sys/kernel/random/boot_id

  // The running kernel's.
  static std::string current_boot();
  // Of a process that we know to be alive (our child). Throws.
  static ProcessIdentity of(pid_t pid);
  // A pidfd of it, or an empty Fd when it is gone, a zombie, or another process has its pid now. Throws on other
  // failures.
  Fd open() const;
};

// state.json.
struct Record {
  std::string id;
  std::string oci_version; // the config's
  bool creating = true;    // until create's last step
  ProcessIdentity init;
  std::string bundle;  // absolute
  std::string rootfs;  // absolute
  std::string created; // RFC 3339, UTC, nanoseconds
  std::map<std::string, std::string> annotations;
  CgroupNames cgroup;
  // With mounts in the host's mount namespace (plan.h, covers_root): the id of the mount that rootfs was on before its
  // cover; 0 without.
  std::uint64_t covered_mount = 0;
  Json extra; // for the start mechanism and others: kept as it is
};
Json to_json(const Record& record);
Record record_from(const Json& json); // throws

std::string rfc3339_now();

mode_t state_root_mode(); // 0711; 0700 for a user

class StateFolder {
public:
  enum class Lock { none, exclusive };

  // A new one, locked. Makes <root> (0711; 0700 for a user) when it is missing. A folder without state.json that nobody
  // holds is a killed create's and taken over. Throws "container with given ID already exists".
  static StateFolder create(const std::string& root, const std::string& id);
  // Throws `container "x" does not exist`, or for one that another runtime made. Waits for the lock up to `patience`.
  static StateFolder open(const std::string& root, const std::string& id, Lock lock,
                          std::chrono::milliseconds patience = std::chrono::seconds(30));
  static std::optional<StateFolder> find(const std::string& root, const std::string& id, Lock lock,
                                         std::chrono::milliseconds patience = std::chrono::seconds(30));
  static std::vector<std::string> ids(const std::string& root); // sorted; empty when root is missing

  int fd() const { return fd_.get(); } // O_RDONLY|O_DIRECTORY
  const std::string& path() const { return path_; }
  const std::string& id() const { return id_; }

  void store(const Record& record);   // atomic
  std::optional<Record> load() const; // nullopt: no state.json (a killed create's); throws on what is not ours
  Record record() const;              // the same, but throws `container "x" does not exist` without one
  bool has(const char* name) const;   // a file of the folder
  std::optional<ContainerState> foreign() const;  // what could be made out of another runtime's
  void store_first_config(std::string_view text); // before state.json, which vouches for it
  void store_config(std::string_view text);       // atomic
  std::string config() const;                     // text

  // By what the process and the cgroup are now.
  Status status(const Record& record) const;
  bool awaits_start() const; // somebody listens on start_socket

  void unlock();
  // Waits for the lock up to `patience`, else throws; false when another folder has the name by now, or none.
  bool relock(std::chrono::milliseconds patience = std::chrono::seconds(30));
  void remove(); // with all in it; the lock must be held

private:
  StateFolder(const std::string& root, std::string id);
  bool open_fd();           // false: there is none
  bool try_lock();          // throws on other failures than that somebody holds it
  bool still_named() const; // the folder we hold is the one the name leads to
  Fd root_, fd_;
  std::string path_, id_;
  bool locked_ = false;
};

// The record as `state` and `list` give it; owner is theirs to fill in.
ContainerState container_state(const Record& record, Status status);
// runtime-spec runtime.md "State", and the same as hooks get it on stdin: one line.
Json state_json(const Record& record, Status status);
std::string hook_state(const Record& record, Status status);

} // namespace oci::runtime
