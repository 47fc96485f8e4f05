// What use without root needs of a machine, and how to get what is missing.
#pragma once

#include "cli/host_state.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace oci::cli {

struct Lack {
  std::string what;
  std::string how; // what to do about it
};

// Read from the machine for the user who calls.
struct RootlessFacts {
  std::string user;                  // name, or number where there is none
  std::uint64_t user_namespaces = 0; // that may be made: 0 where the kernel forbids it
  bool forbidden_by_apparmor = false;
  bool has_helpers = false;         // newuidmap and newgidmap
  std::uint64_t uids = 0, gids = 0; // subordinate ones of /etc/subuid and /etc/subgid
  std::string runtime_folder;       // $XDG_RUNTIME_DIR, "" when unset or missing
  bool may_limit = false;           // the cgroup we are in is ours to divide
};

RootlessFacts read_rootless_facts();

// Pure. Empty: nothing is missing.
std::vector<Lack> rootless_lacks(const RootlessFacts& facts, const HostState& host);

} // namespace oci::cli
