// passwd(5) and group(5), and the user an image or flag names.
#pragma once

#include "specgen/specgen.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oci::specgen {

struct PasswdEntry {
  std::string name;
  std::uint32_t uid = 0, gid = 0;
  std::string home;
};

struct GroupEntry {
  std::string name;
  std::uint32_t gid = 0;
  std::vector<std::string> members;
};

// Lines that are none are skipped, as every libc does.
std::vector<PasswdEntry> parse_passwd(std::string_view text);
std::vector<GroupEntry> parse_group(std::string_view text);

struct ResolvedUser {
  std::uint32_t uid = 0, gid = 0;
  std::vector<std::uint32_t> additional_gids; // the primary group among them (CVE-2022-36109)
  std::string home;                           // "" when passwd does not know the user
};

// `text` is "", NAME|UID or NAME|UID:GROUP|GID; `where` names it in errors ("--user", "image config.User"). All digits
// are a number from 0 to 4294967294 and never a name (CVE-2024-40635).
ResolvedUser resolve_user(std::string_view where, std::string_view text, const UserFiles& files);

// The same for one group.
std::uint32_t resolve_group(std::string_view where, std::string_view text, const UserFiles& files);

} // namespace oci::specgen
