// User namespaces for who has no rights: which ids subuid(5) gives, and how a process gets them mapped (newuidmap(1)).
#pragma once

#include "base/error.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace oci {

struct IdRange {
  std::uint32_t inside = 0, outside = 0, size = 0;
};
using IdMap = std::vector<IdRange>;

struct UserMaps {
  IdMap uids, gids;
};

// What `inside` is outside; nullopt where it is nothing.
std::optional<std::uint32_t> map_out(const IdMap& map, std::uint32_t inside);

// Throws unless each range is within 32 bits, none is empty, and none overlaps another, inside or outside.
void check_id_map(const IdMap& map);

// The lines of /proc/PID/uid_map.
IdMap parse_id_map(std::string_view text);
// That of this process. A whole one (the initial namespace's) is {0, 0, 4294967295}.
UserMaps own_maps();

// 0 is `own`, what follows is what subuid(5)'s `text` gives the user of this name or number.
IdMap with_subordinates(std::string_view text, std::string_view user, std::uint32_t uid, std::uint32_t own);

// Of newuidmap or newgidmap; "" when it is not installed.
std::string id_helper_path(const char* name);

// The caller and the ranges of /etc/subuid and /etc/subgid. nullopt when there are none, or no newuidmap.
std::optional<UserMaps> subordinate_maps();

// Forks; the child runs `body` as root of a new user namespace and ends with what it returns. Throws when it cannot be
// made or mapped. To be called with one thread; the child is the caller's to wait for.
pid_t fork_in_user_namespace(const UserMaps& maps, const std::function<int()>& body);

} // namespace oci
