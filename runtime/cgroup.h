// The container's cgroup: one interface, and a class each for v1 (hybrid too), v2 and none.
//
// linux.cgroupsPath: absolute is beneath each hierarchy's mount; relative is beneath our own cgroup (v1) or beside it
// (v2, where a cgroup with processes cannot hand controllers down); empty is the container's id, taken as relative.
#pragma once

#include "base/fd.h"
#include "base/json.h"
#include "runtime/runtime.h"
#include "spec/runtime_config.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace oci::runtime {

// What is written into state.json before the first folder is made, and all that the later verbs need.
struct CgroupNames {
  enum class Kind { none, v1, v2 } kind = Kind::none;
  std::vector<std::string> folders; // absolute, one a hierarchy: the container's own
  std::vector<std::string>
      parents; // absolute, outermost first: missing when this was planned, removed again when empty
};
Json to_json(const CgroupNames& names);
CgroupNames cgroup_names_from(const Json& json); // throws "cgroup: …" for what we never wrote

class Cgroup {
public:
  // Chooses by what is mounted on /sys/fs/cgroup and works out all names; nothing is made. A machine without cgroups,
  // or one where a user has no right to make any, is as good as `disabled`. Throws for CgroupManager::systemd, and when
  // the cgroup has processes already.
  static std::unique_ptr<Cgroup> create(CgroupManager manager, const std::string& cgroups_path, const std::string& id);
  // What an earlier create made.
  static std::unique_ptr<Cgroup> open(CgroupNames names);

  virtual ~Cgroup() = default;
  const CgroupNames& names() const { return names_; }

  // Throws when the cgroup has processes already: it is others', and its names must not get into state.json.
  virtual void require_unused() const = 0;
  // mkdir, and for v1 the cpuset copied from the parent. names() are afterwards those that could be made (a user's may
  // be fewer than planned).
  virtual void make() = 0;
  // Everything asked for is set, or throws "linux.resources.memory.limit: …". A null pointer still means the default
  // device list (v1). To be called after make() and before a process joins.
  virtual void set(const spec::Resources* resources) = 0;
  // The same without the devices, of a cgroup in use.
  virtual void set_limits(const spec::Resources& resources) = 0;
  // Bytes; nullopt where nothing counts them.
  virtual std::optional<std::uint64_t> memory_usage() const = 0;
  // For CLONE_INTO_CGROUP; -1 in it where the cgroup is v1 or none. The rest is joined by join() in any case.
  virtual Fd clone_into() const = 0;
  // Moves the process into every hierarchy. `init`: of a running container (exec); where the folder itself may hold no
  // process any more (v2), its cgroup is used. Throws.
  virtual void join(pid_t pid, pid_t init = 0) = 0;

  virtual std::vector<pid_t> processes() const = 0; // of nested cgroups too; empty when it is gone
  virtual void freeze() = 0;                        // returns when all are frozen; throws
  virtual void thaw() = 0;                          // throws; fine when nothing is frozen
  virtual bool frozen() const = 0;
  // Signals every process once. SIGKILL is repeated until none is left that is not dead, or throws at the deadline.
  virtual void signal_all(int signal) = 0;
  // Kills what is inside, waits for it by pidfd, removes nested cgroups, the folders and the parents we made. Fine when
  // some or all of it is gone. Throws when something is left at the deadline.
  virtual void destroy(std::chrono::milliseconds deadline = std::chrono::seconds(10)) = 0;
  // The folder a statistic of `controller` ("memory") is read from; "" when there is none.
  virtual std::string folder_of(std::string_view controller) const = 0;

protected:
  explicit Cgroup(CgroupNames names) : names_(std::move(names)) {}
  CgroupNames names_;
};

} // namespace oci::runtime
