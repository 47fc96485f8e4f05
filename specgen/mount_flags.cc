#include "specgen/mount_flags.h"

#include "base/files.h"

#include <algorithm>
#include <array>

namespace oci::specgen {

namespace {

constexpr std::array<std::string_view, 6> propagations = {"rprivate", "private", "rshared",
                                                          "shared",   "rslave",  "slave"};
constexpr const char* propagation_names = "private, rprivate, shared, rshared, slave or rslave";

bool is_propagation(std::string_view option) {
  return std::find(propagations.begin(), propagations.end(), option) != propagations.end();
}

// What a bind mount is made of, however it was spelt.
struct Bind {
  bool read_only = false;
  bool read_only_beneath = true; // the mounts beneath the source as well
  bool recursive = true;
  std::string propagation = "rprivate";
  std::vector<std::string> others; // noexec, nodev, …

  std::vector<std::string> options(bool can_recurse) const {
    std::vector<std::string> all = {recursive ? "rbind" : "bind"};
    if (read_only) all.push_back("ro");
    if (read_only && recursive && read_only_beneath && can_recurse) all.push_back("rro");
    all.push_back(propagation);
    all.insert(all.end(), others.begin(), others.end());
    return all;
  }
};

bool is_per_mount_flag(std::string_view option) {
  static constexpr std::array<std::string_view, 9> flags = {"exec",  "noexec",  "suid",     "nosuid",    "dev",
                                                            "nodev", "noatime", "relatime", "nodiratime"};
  return std::find(flags.begin(), flags.end(), option) != flags.end();
}

// One option of -v. False when it is none.
bool take_volume_option(Bind& bind, const std::string& option, const std::string& text,
                        std::vector<std::string>& warnings) {
  if (option == "ro")
    bind.read_only = true;
  else if (option == "rw")
    bind.read_only = false;
  else if (option == "bind" || option == "rbind")
    bind.recursive = option == "rbind";
  else if (is_propagation(option))
    bind.propagation = option;
  else if (is_per_mount_flag(option))
    bind.others.push_back(option);
  else if (option == "z" || option == "Z")
    warnings.push_back(cat("--volume ", printable(text), ": ", option, " ignored (no SELinux labels are set)"));
  else
    return option == "nocopy" || option == "cached" || option == "delegated" || option == "consistent";
  return true;
}

std::string destination_path(std::string_view flag, const std::string& text, const std::string& path) {
  if (path.empty() || path[0] != '/') refuse(flag, text, "the destination must be an absolute path");
  const std::string cleaned = clean_path(path);
  if (cleaned == "/") refuse(flag, text, "the destination cannot be /");
  return cleaned;
}

std::string source_path(std::string_view flag, const std::string& text, const std::string& path,
                        const std::string& folder) {
  const bool relative = path == "." || path == ".." || path.starts_with("./") || path.starts_with("../");
  if (path.empty() || (path[0] != '/' && !relative))
    refuse(flag, text, "the source must be a path that begins with / or .");
  return clean_path(relative ? cat(folder, "/", path) : path);
}

// "a=1,b" with Docker's CSV quoting: "…" around a field keeps its commas.
std::vector<std::string> split_fields(const std::string& text) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (const char c : text) {
    if (c == '"')
      quoted = !quoted;
    else if (c == ',' && !quoted)
      fields.emplace_back();
    else
      fields.back().push_back(c);
  }
  if (quoted) refuse("--mount", text, "a quote is not closed");
  return fields;
}

bool parse_bool(const std::string& text, const std::string& key, const std::string& value) {
  if (value.empty() || value == "true" || value == "1") return true;
  if (value == "false" || value == "0") return false;
  refuse("--mount", text, key, " is true or false, not ", printable(value));
}

std::string bytes_option(std::string_view flag, const std::string& text, std::string_view value) {
  if (value.ends_with('%')) {
    const auto percent = parse_unsigned(value.substr(0, value.size() - 1));
    if (!percent || *percent > 100) refuse(flag, text, "size is a number of bytes or a percentage");
    return cat("size=", value);
  }
  return cat("size=", parse_bytes(cat(flag, " ", printable(text), ": size"), value));
}

// An option of a tmpfs, checked; options are given to the kernel as one text, so none may bring a comma of its own.
std::string tmpfs_option(std::string_view flag, const std::string& text, const std::string& option) {
  static constexpr std::array<std::string_view, 17> words = {
      "rw",    "ro",      "exec",     "noexec",     "suid",     "nosuid",      "dev",       "nodev",      "sync",
      "atime", "noatime", "diratime", "nodiratime", "relatime", "strictatime", "tmpcopyup", "notmpcopyup"};
  if (std::find(words.begin(), words.end(), option) != words.end()) return option;
  const auto equals = option.find('=');
  const std::string key = option.substr(0, equals);
  const std::string value = equals == std::string::npos ? "" : option.substr(equals + 1);
  if (key == "size") return bytes_option(flag, text, value);
  if (key == "mode" && parse_unsigned(value, 8).value_or(010000) < 010000) return option;
  if ((key == "uid" || key == "gid" || key == "nr_inodes" || key == "nr_blocks") && parse_unsigned(value))
    return option;
  refuse(flag, text, printable(option),
         " is not an option of tmpfs (ro, rw, exec, noexec, suid, nosuid, dev, nodev, size=, mode=, uid=, gid=, "
         "nr_inodes=, …)");
}

// "noexec" after "exec" replaces it, as does a second "size=".
std::string option_kind(const std::string& option) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> same = {{{"ro", "rw"},
                                                                                         {"noexec", "exec"},
                                                                                         {"nosuid", "suid"},
                                                                                         {"nodev", "dev"},
                                                                                         {"noatime", "atime"},
                                                                                         {"relatime", "atime"},
                                                                                         {"strictatime", "atime"},
                                                                                         {"nodiratime", "diratime"},
                                                                                         {"notmpcopyup", "tmpcopyup"}}};
  for (const auto& [word, kind] : same)
    if (option == word) return std::string(kind);
  return option.substr(0, option.find('='));
}

void put_option(std::vector<std::string>& options, std::string option) {
  const std::string kind = option_kind(option);
  const auto same = std::find_if(options.begin(), options.end(), [&](const auto& o) { return option_kind(o) == kind; });
  if (same == options.end())
    options.push_back(std::move(option));
  else
    *same = std::move(option);
}

spec::Mount tmpfs_at(std::string destination, const std::vector<std::string>& wanted) {
  spec::Mount mount;
  mount.destination = std::move(destination);
  mount.type = mount.source = "tmpfs";
  mount.options = {"noexec", "nosuid", "nodev", "rprivate"};
  for (const std::string& option : wanted) put_option(mount.options, option);
  return mount;
}

spec::Mount bind_at(std::string destination, std::string source, std::vector<std::string> options) {
  spec::Mount mount;
  mount.destination = std::move(destination);
  mount.type = "bind";
  mount.source = std::move(source);
  mount.options = std::move(options);
  return mount;
}

// --mount's key=value fields.
struct MountFields {
  std::string type = "volume", source, target;
  Bind bind;
  std::vector<std::string> tmpfs;
};

void take_recursion(MountFields& fields, const std::string& text, const std::string& value) {
  if (value == "disabled")
    fields.bind.recursive = false;
  else if (value == "writable")
    fields.bind.read_only_beneath = false;
  else if (value != "enabled" && value != "readonly")
    refuse("--mount", text, "bind-recursive is enabled, disabled, writable or readonly");
}

void take_field(MountFields& fields, const std::string& text, const std::string& field) {
  const auto equals = field.find('=');
  const std::string key = to_lower(field.substr(0, equals));
  const std::string value = equals == std::string::npos ? "" : field.substr(equals + 1);
  if (key == "type")
    fields.type = value;
  else if (key == "source" || key == "src")
    fields.source = value;
  else if (key == "target" || key == "destination" || key == "dst")
    fields.target = value;
  else if (key == "readonly" || key == "ro")
    fields.bind.read_only = parse_bool(text, key, value);
  else if (key == "rw")
    fields.bind.read_only = !parse_bool(text, key, value);
  else if (key == "bind-nonrecursive")
    fields.bind.recursive = !parse_bool(text, key, value);
  else if (key == "bind-recursive")
    take_recursion(fields, text, value);
  else if (key == "tmpfs-size")
    fields.tmpfs.push_back(tmpfs_option("--mount", text, cat("size=", value)));
  else if (key == "tmpfs-mode")
    fields.tmpfs.push_back(tmpfs_option("--mount", text, cat("mode=", value)));
  else if (key == "bind-propagation" && is_propagation(value))
    fields.bind.propagation = value;
  else if (key == "bind-propagation")
    refuse("--mount", text, "bind-propagation is ", propagation_names);
  else
    refuse("--mount", text, printable(key),
           " is not a key it knows (type, source, target, readonly, bind-propagation, "
           "bind-recursive, tmpfs-size, tmpfs-mode)");
}

} // namespace

WantedMount parse_volume(const std::string& text, const std::string& folder, bool recursive_read_only,
                         std::vector<std::string>& warnings) {
  const std::vector<std::string> parts = split(text, ':');
  if (parts.size() < 2 || parts.size() > 3 || has_nul(text))
    refuse("--volume", text, "not of the form SOURCE:DESTINATION[:OPTIONS]");
  Bind bind;
  if (parts.size() == 3)
    for (const std::string& option : split(parts[2], ','))
      if (!take_volume_option(bind, option, text, warnings))
        refuse("--volume", text, option.empty() ? "an empty option" : printable(option),
               " is not an option of it (ro, rw, ", propagation_names,
               ", bind, rbind, exec, noexec, suid, nosuid, dev, nodev)");
  const std::string source = source_path("--volume", text, parts[0], folder);
  const std::string destination = destination_path("--volume", text, parts[1]);
  return {bind_at(destination, source, bind.options(recursive_read_only)), "--volume", text};
}

WantedMount parse_mount(const std::string& text, const std::string& folder, bool recursive_read_only) {
  if (has_nul(text)) refuse("--mount", text, "a NUL character in it");
  MountFields fields;
  for (const std::string& field : split_fields(text)) take_field(fields, text, field);
  const std::string destination = destination_path("--mount", text, fields.target);
  if (fields.type == "tmpfs") {
    if (!fields.source.empty()) refuse("--mount", text, "a tmpfs has no source");
    if (fields.bind.read_only) fields.tmpfs.push_back("ro");
    return {tmpfs_at(destination, fields.tmpfs), "--mount", text};
  }
  if (fields.type != "bind") refuse("--mount", text, "type is bind or tmpfs, not ", printable(fields.type));
  if (!fields.tmpfs.empty()) refuse("--mount", text, "tmpfs-size and tmpfs-mode go with type=tmpfs");
  const std::string source = source_path("--mount", text, fields.source, folder);
  return {bind_at(destination, source, fields.bind.options(recursive_read_only)), "--mount", text};
}

WantedMount parse_tmpfs(const std::string& text) {
  if (has_nul(text)) refuse("--tmpfs", text, "a NUL character in it");
  const auto colon = text.find(':');
  std::vector<std::string> options;
  if (colon != std::string::npos)
    for (const std::string& option : split(text.substr(colon + 1), ','))
      options.push_back(tmpfs_option("--tmpfs", text, option));
  return {tmpfs_at(destination_path("--tmpfs", text, text.substr(0, colon)), options), "--tmpfs", text};
}

} // namespace oci::specgen
