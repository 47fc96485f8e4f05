#include "runtime/mount_options.h"

#include "base/error.h"

#include <algorithm>
#include <linux/mount.h>

namespace oci::runtime {

namespace {

enum class Effect { set, clear, set_all, clear_all, superblock, nothing, flag };

struct Option {
  std::string_view name;
  Effect effect;
  std::uint64_t attribute = 0;
  bool MountOptions::*flag = nullptr, MountOptions::*second = nullptr; // Effect::flag
};

constexpr Option flag(std::string_view name, bool MountOptions::*first, bool MountOptions::*second = nullptr) {
  return {name, Effect::flag, 0, first, second};
}

constexpr std::uint64_t access_time = MOUNT_ATTR__ATIME;

constexpr Option table[] = {
    {"async", Effect::superblock},
    {"atime", Effect::clear, MOUNT_ATTR_NOATIME},
    flag("bind", &MountOptions::bind),
    flag("copy-symlink", &MountOptions::copy_link),
    {"defaults", Effect::nothing},
    flag("dest-nofollow", &MountOptions::destination_itself),
    {"dev", Effect::clear, MOUNT_ATTR_NODEV},
    {"diratime", Effect::clear, MOUNT_ATTR_NODIRATIME},
    {"dirsync", Effect::superblock},
    {"exec", Effect::clear, MOUNT_ATTR_NOEXEC},
    flag("idmap", &MountOptions::idmap),
    {"iversion", Effect::nothing},
    {"lazytime", Effect::superblock},
    {"loud", Effect::nothing},
    {"mand", Effect::superblock},
    {"noatime", Effect::set, MOUNT_ATTR_NOATIME},
    {"nodev", Effect::set, MOUNT_ATTR_NODEV},
    {"nodiratime", Effect::set, MOUNT_ATTR_NODIRATIME},
    {"noexec", Effect::set, MOUNT_ATTR_NOEXEC},
    {"noiversion", Effect::nothing},
    {"nolazytime", Effect::superblock},
    {"nomand", Effect::superblock},
    {"norelatime", Effect::set, MOUNT_ATTR_STRICTATIME},
    {"nostrictatime", Effect::clear, MOUNT_ATTR_STRICTATIME},
    {"nosuid", Effect::set, MOUNT_ATTR_NOSUID},
    {"nosymfollow", Effect::set, MOUNT_ATTR_NOSYMFOLLOW},
    {"ratime", Effect::clear_all, MOUNT_ATTR_NOATIME},
    flag("rbind", &MountOptions::bind, &MountOptions::recursive),
    {"rdev", Effect::clear_all, MOUNT_ATTR_NODEV},
    {"rdiratime", Effect::clear_all, MOUNT_ATTR_NODIRATIME},
    {"relatime", Effect::set, MOUNT_ATTR_RELATIME},
    flag("remount", &MountOptions::remount),
    {"rexec", Effect::clear_all, MOUNT_ATTR_NOEXEC},
    flag("ridmap", &MountOptions::idmap, &MountOptions::idmap_all),
    {"rnoatime", Effect::set_all, MOUNT_ATTR_NOATIME},
    {"rnodev", Effect::set_all, MOUNT_ATTR_NODEV},
    {"rnodiratime", Effect::set_all, MOUNT_ATTR_NODIRATIME},
    {"rnoexec", Effect::set_all, MOUNT_ATTR_NOEXEC},
    {"rnorelatime", Effect::set_all, MOUNT_ATTR_STRICTATIME},
    {"rnostrictatime", Effect::clear_all, MOUNT_ATTR_STRICTATIME},
    {"rnosuid", Effect::set_all, MOUNT_ATTR_NOSUID},
    {"rnosymfollow", Effect::set_all, MOUNT_ATTR_NOSYMFOLLOW},
    {"ro", Effect::set, MOUNT_ATTR_RDONLY},
    {"rrelatime", Effect::set_all, MOUNT_ATTR_RELATIME},
    {"rro", Effect::set_all, MOUNT_ATTR_RDONLY},
    {"rrw", Effect::clear_all, MOUNT_ATTR_RDONLY},
    {"rstrictatime", Effect::set_all, MOUNT_ATTR_STRICTATIME},
    {"rsuid", Effect::clear_all, MOUNT_ATTR_NOSUID},
    {"rsymfollow", Effect::clear_all, MOUNT_ATTR_NOSYMFOLLOW},
    {"rw", Effect::clear, MOUNT_ATTR_RDONLY},
    {"silent", Effect::nothing},
    flag("src-nofollow", &MountOptions::source_itself),
    {"strictatime", Effect::set, MOUNT_ATTR_STRICTATIME},
    {"suid", Effect::clear, MOUNT_ATTR_NOSUID},
    {"symfollow", Effect::clear, MOUNT_ATTR_NOSYMFOLLOW},
    {"sync", Effect::superblock},
    flag("tmpcopyup", &MountOptions::copy_up),
};

constexpr std::string_view propagations[] = {"private",     "rprivate", "rshared", "rslave",
                                             "runbindable", "shared",   "slave",   "unbindable"};

bool is_access_time(std::uint64_t attribute) {
  return attribute == MOUNT_ATTR_RELATIME || (attribute & access_time) != 0;
}

// The kernel wants the whole access time field cleared when any of its values is set.
void set_bits(std::uint64_t attribute, std::uint64_t& set, std::uint64_t& clear) {
  if (is_access_time(attribute)) {
    set &= ~access_time;
    clear |= access_time;
  } else {
    clear &= ~attribute;
  }
  set |= attribute;
}

void clear_bits(std::uint64_t attribute, std::uint64_t& set, std::uint64_t& clear) {
  if (!is_access_time(attribute)) {
    set &= ~attribute;
    clear |= attribute;
  } else if ((set & access_time) == attribute) {
    set &= ~access_time;
    clear |= access_time;
  }
}

void apply(const Option& option, MountOptions& into) {
  std::uint64_t ignored = 0;
  switch (option.effect) {
  case Effect::set:
    set_bits(option.attribute, into.set, is_access_time(option.attribute) ? into.clear : ignored);
    break;
  case Effect::clear:
    clear_bits(option.attribute, into.set, ignored);
    break; // takes an earlier word back, no more
  case Effect::set_all:
    set_bits(option.attribute, into.set_all, into.clear_all);
    break;
  case Effect::clear_all:
    clear_bits(option.attribute, into.set_all, into.clear_all);
    break;
  case Effect::superblock:
    into.data.emplace_back(option.name);
    break;
  case Effect::nothing:
    break;
  case Effect::flag:
    into.*option.flag = true;
    if (option.second != nullptr) into.*option.second = true;
  }
}

} // namespace

bool parse_propagation(std::string_view word, std::uint64_t* flag, bool* recursive) {
  if (std::find(std::begin(propagations), std::end(propagations), word) == std::end(propagations)) return false;
  *recursive = word.front() == 'r';
  if (*recursive) word.remove_prefix(1);
  *flag = word == "private" ? MS_PRIVATE : word == "shared" ? MS_SHARED : word == "slave" ? MS_SLAVE : MS_UNBINDABLE;
  return true;
}

MountOptions parse_mount_options(const std::vector<std::string>& options) {
  MountOptions parsed;
  for (const std::string& word : options) {
    if (parse_propagation(word, &parsed.propagation, &parsed.propagation_recursive)) continue;
    auto option = std::find_if(std::begin(table), std::end(table), [&](const Option& o) { return o.name == word; });
    if (option != std::end(table)) {
      apply(*option, parsed);
    } else if (!word.empty()) {
      parsed.data.push_back(word);
    }
  }
  return parsed;
}

std::vector<std::string> known_mount_options() {
  std::vector<std::string> names(std::begin(propagations), std::end(propagations));
  for (const Option& option : table) names.emplace_back(option.name);
  std::sort(names.begin(), names.end());
  return names;
}

} // namespace oci::runtime
