#include "specgen/users.h"

#include "specgen/draft.h"

#include <algorithm>
#include <set>

namespace oci::specgen {

namespace {

constexpr std::uint64_t max_id = 4294967294; // -1 means "leave as it is" to chown and setresuid

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::uint32_t> id_of(std::string_view text) {
  const auto value = is_number(text) ? parse_unsigned(text) : std::nullopt;
  if (!value || *value > max_id) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

std::uint32_t number_in_range(std::string_view where, std::string_view whole, std::string_view text) {
  if (const auto id = id_of(text)) return *id;
  refuse(where, whole, printable(text), " is out of range (0 to ", max_id, ")");
}

// The lines with their fields; comments and what has fewer than `least` fields left out.
std::vector<std::vector<std::string>> records(std::string_view text, std::size_t least) {
  std::vector<std::vector<std::string>> found;
  for (const std::string& line : split(text, '\n')) {
    const std::string_view kept = trim(line);
    if (kept.empty() || kept[0] == '#') continue;
    std::vector<std::string> fields = split(kept, ':');
    if (fields.size() >= least) found.push_back(std::move(fields));
  }
  return found;
}

template <class Entry>
std::vector<std::string> names(const std::vector<Entry>& entries) {
  std::vector<std::string> all;
  for (const Entry& entry : entries) all.push_back(entry.name);
  return all;
}

template <class Entry>
const Entry* named(const std::vector<Entry>& entries, std::string_view name) {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.name == name; });
  return found == entries.end() ? nullptr : &*found;
}

// What goes behind "no user x in the image's /etc/passwd": why it could not be read, or a near miss.
template <class Entry>
[[noreturn]] void refuse_unknown(std::string_view where, std::string_view whole, const char* what, const char* path,
                                 std::string_view name, const std::vector<Entry>& entries, const UserFile& file) {
  const std::string base = cat("no ", what, " ", printable(name), " in the image's ", path);
  if (!file.problem.empty()) refuse(where, whole, base, ": ", file.problem);
  if (entries.empty()) refuse(where, whole, base, ", which is missing or empty; a number needs no entry there");
  if (const auto near = nearest(name, names(entries)))
    refuse(where, whole, base, "; did you mean ", printable(*near), "?");
  refuse(where, whole, base);
}

bool is_member(const GroupEntry& group, const std::string& name) {
  return std::find(group.members.begin(), group.members.end(), name) != group.members.end();
}

std::uint32_t group_id(std::string_view where, std::string_view whole, std::string_view text,
                       const std::vector<GroupEntry>& groups, const UserFile& file) {
  if (is_number(text)) return number_in_range(where, whole, text);
  if (const GroupEntry* entry = named(groups, text)) return entry->gid;
  refuse_unknown(where, whole, "group", "/etc/group", text, groups, file);
}

} // namespace

std::vector<PasswdEntry> parse_passwd(std::string_view text) {
  std::vector<PasswdEntry> entries;
  for (std::vector<std::string>& fields : records(text, 4)) {
    const auto uid = id_of(fields[2]);
    const auto gid = id_of(fields[3]);
    if (fields[0].empty() || !uid || !gid) continue;
    entries.push_back({std::move(fields[0]), *uid, *gid, fields.size() > 5 ? std::move(fields[5]) : ""});
  }
  return entries;
}

std::vector<GroupEntry> parse_group(std::string_view text) {
  std::vector<GroupEntry> entries;
  for (std::vector<std::string>& fields : records(text, 3)) {
    const auto gid = id_of(fields[2]);
    if (fields[0].empty() || !gid) continue;
    entries.push_back(
        {std::move(fields[0]), *gid, fields.size() > 3 ? split(fields[3], ',') : std::vector<std::string>{}});
  }
  return entries;
}

std::uint32_t resolve_group(std::string_view where, std::string_view text, const UserFiles& files) {
  return group_id(where, text, text, parse_group(files.group.text), files.group);
}

ResolvedUser resolve_user(std::string_view where, std::string_view text, const UserFiles& files) {
  const std::vector<PasswdEntry> users = parse_passwd(files.passwd.text);
  const std::vector<GroupEntry> groups = parse_group(files.group.text);
  const auto colon = text.find(':');
  const std::string_view user = text.substr(0, colon);
  const std::string_view group = colon == std::string_view::npos ? "" : text.substr(colon + 1);
  if (has_nul(text) || group.find(':') != std::string_view::npos || (colon != std::string_view::npos && group.empty()))
    refuse(where, text, "not of the form USER or USER:GROUP");

  const PasswdEntry* entry = nullptr;
  ResolvedUser resolved;
  if (user.empty() || is_number(user)) {
    resolved.uid = user.empty() ? 0 : number_in_range(where, text, user);
    const auto same = [&](const PasswdEntry& e) { return e.uid == resolved.uid; };
    const auto found = std::find_if(users.begin(), users.end(), same);
    if (found != users.end()) entry = &*found;
  } else {
    entry = named(users, user);
    if (entry == nullptr) refuse_unknown(where, text, "user", "/etc/passwd", user, users, files.passwd);
    resolved.uid = entry->uid;
  }
  if (entry != nullptr) resolved.home = entry->home;
  if (entry != nullptr) resolved.gid = entry->gid;
  if (!group.empty()) resolved.gid = group_id(where, text, group, groups, files.group);

  resolved.additional_gids.push_back(resolved.gid);
  std::set<std::uint32_t> seen = {resolved.gid};
  if (group.empty() && entry != nullptr)
    for (const GroupEntry& one : groups)
      if (is_member(one, entry->name) && seen.insert(one.gid).second) resolved.additional_gids.push_back(one.gid);
  return resolved;
}

void apply_user(Draft& draft) {
  const bool from_user = draft.request.user.has_value();
  const std::string& text = from_user ? *draft.request.user : draft.image_says.user;
  const std::string where = from_user ? "--user" : "image config.User";
  if (from_user && text.empty()) refuse("--user", text, "not of the form USER or USER:GROUP");
  const ResolvedUser resolved = resolve_user(where, text, draft.users);
  draft.home = !resolved.home.empty() && resolved.home[0] == '/' && !has_nul(resolved.home) ? resolved.home : "";

  spec::User& user = draft.process().user;
  if (from_user || !text.empty() || (user.uid == 0 && !draft.engine.is_file)) {
    user.uid = resolved.uid;
    user.gid = resolved.gid;
    user.additional_gids = resolved.additional_gids;
  }
  if (from_user || !text.empty()) {
    Origin origin = from_user ? from_flag("--user") : from_image("config.User");
    if (from_user && !draft.image_says.user.empty())
      origin.overridden.push_back(cat("image config.User: ", printable(draft.image_says.user)));
    draft.note("process.user", origin);
  } else if (!draft.home.empty() && !draft.engine.is_file) {
    draft.note("process.user.additionalGids", from_image("/etc/group"));
  }
  for (const std::string& name : draft.request.group_add) {
    const std::uint32_t gid = resolve_group("--group-add", name, draft.users);
    std::vector<std::uint32_t>& gids = user.additional_gids;
    if (std::find(gids.begin(), gids.end(), gid) != gids.end()) continue;
    draft.note(cat("process.user.additionalGids[", gids.size(), "]"), from_flag("--group-add"));
    gids.push_back(gid);
  }
  if (draft.request.umask) {
    const auto mask = parse_unsigned(*draft.request.umask, 8);
    if (!mask || *mask > 0777) refuse("--umask", *draft.request.umask, "not an octal number from 0 to 0777");
    draft.set("process.user.umask", user.umask, static_cast<std::uint32_t>(*mask), from_flag("--umask"));
  }
}

} // namespace oci::specgen
