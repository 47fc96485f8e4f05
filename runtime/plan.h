// A config as the list of steps that the container's init carries out, and what the runtime does meanwhile. Pure: no
// file, no clock, no process; everything that is wrong with the config is said here, before anything exists.
#pragma once

#include "runtime/cgroup.h"
#include "runtime/init_plan.h"
#include "runtime/seccomp.h"
#include "runtime/sync_protocol.h"
#include "spec/runtime_config.h"

#include <cstdint>
#include <string>
#include <vector>

namespace oci::runtime {

// What the steps depend on beside the config.
struct PlanFacts {
  std::string id;
  std::string bundle; // absolute
  CgroupNames cgroup;
  SeccompProgram seccomp;
  unsigned last_capability = 40;
  std::uint64_t held_capabilities = ~std::uint64_t{0}; // what can be given without a user namespace
  unsigned preserve_fds = 0;
  bool start_by_socket = true; // create; otherwise the runtime that made it says start
  bool no_pivot = false;
  int container_pid = 0; // exec: of the container's init
  bool new_keyring = true;
  bool selinux = false; // asked for only where the config has a label of mounts
};

struct InitPlan {
  std::string buffer; // init_plan.h; the descriptors are filled in by the launch

  // Namespaces made by the clone: CLONE_NEW… of clone3. With `enters` init is first executed outside and forks.
  std::uint64_t clone_flags = 0;
  bool enters = false;
  struct Join {
    std::string field; // "linux.namespaces[2].path", for errors
    std::string path;
    std::uint64_t flag;
    std::uint32_t descriptor;
  };
  std::vector<Join> joins;
  bool new_user_namespace = false; // id maps are to be written
  // Sources of binds that a user namespace's root may not reach, or that are shown with other ids: opened by the
  // runtime.
  struct Tree {
    std::string field; // "mounts[3]", for errors
    std::string source;
    bool recursive;
    std::uint32_t descriptor;
    bool source_itself = false;
    // Ids it is shown with; empty: its own. Of the whole tree with map_all.
    std::vector<spec::IdMapping> uid_mappings = {}, gid_mappings = {};
    std::string user_namespace = {}; // the path of one that has them, instead
    bool map_all = false;
  };
  std::vector<Tree> trees;
  bool needs_state = false; // hooks of init: their standard input is fd_state
  bool needs_proc = false;  // fd_proc
  std::string listener;     // linux.seccomp.listenerPath: fd_listener, fd_listener_state; "" none
  bool terminal = false;
  std::string rootfs;       // absolute
  bool covers_root = false; // without a mount namespace of its own: all its mounts lie on a bind of rootfs on itself
  std::vector<std::string> warnings;
};

// Throws Error "mounts[3].options: …", naming the field.
InitPlan make_plan(const spec::RuntimeConfig& config, const PlanFacts& facts);

// exec: `process` in the namespaces that `container` has. The descriptor `container_pidfd` of the table is that of its
// init.
struct ExecPlan : InitPlan {
  std::uint32_t container_pidfd = 0;
};
ExecPlan make_exec_plan(const spec::RuntimeConfig& container, const spec::Process& process, const PlanFacts& facts);

// Of linux.namespaces[].type, for `features`.
std::vector<std::string> namespace_types();

// Of linux.memoryPolicy, likewise.
std::vector<std::string> memory_policy_modes();
std::vector<std::string> memory_policy_flags();

// "0-3,7" as the words of a mask; empty for "". Throws "<field>: …".
std::vector<std::uint64_t> cpu_bits(const std::string& list, std::string_view field);

// What init did not manage: "mount proc on /proc: permission denied", `exec: "x": executable file not found in $PATH`.
std::string describe_failure(const std::string& plan_buffer, const SyncMessage& failed);

} // namespace oci::runtime
