// mounts[].options (runtime-spec config-linux.md "Linux mount options") as what the mount calls take.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace oci::runtime {

struct MountOptions {
  bool bind = false;
  bool recursive = false;                // rbind
  bool remount = false;                  // changes the mount that is there
  bool idmap = false, idmap_all = false; // idmap; ridmap: of all mounts beneath too
  bool copy_up = false;                  // tmpcopyup: a tmpfs that begins with what it covers
  bool copy_link = false;                // copy-symlink: a source that is a link is made anew, not mounted
  bool source_itself = false, destination_itself = false; // src-nofollow, dest-nofollow
  std::uint64_t set = 0;                                  // MOUNT_ATTR_… of the mount itself
  std::uint64_t clear = 0;                                // MOUNT_ATTR_… to clear first: the access time modes
  std::uint64_t set_all = 0, clear_all = 0;               // of the mount and all beneath it
  std::uint64_t propagation = 0;                          // MS_SHARED, MS_SLAVE, MS_PRIVATE, MS_UNBINDABLE or 0
  bool propagation_recursive = false;                     //
  std::vector<std::string> data; // the file system's own: "size=64m", and what concerns its superblock
};

// Pure. Throws Error for an option that cannot be honoured; the caller puts the field's name before it.
MountOptions parse_mount_options(const std::vector<std::string>& options);

// "rslave" and the like, also of linux.rootfsPropagation; false for other words.
bool parse_propagation(std::string_view word, std::uint64_t* flag, bool* recursive);

// All options known, for `features`.
std::vector<std::string> known_mount_options();

} // namespace oci::runtime
