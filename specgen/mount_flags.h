// -v, --mount and --tmpfs as text, made into mounts of runtime-spec.
#pragma once

#include "specgen/draft.h"

#include <string>
#include <string_view>
#include <vector>

namespace oci::specgen {

struct WantedMount {
  spec::Mount mount;
  std::string flag; // "--volume"
  std::string text; // as typed, for errors
};

// `folder`: where relative sources start. `recursive_read_only`: the kernel has mount_setattr (5.12), so that "ro"
// holds for the mounts beneath the source as well.
WantedMount parse_volume(const std::string& text, const std::string& folder, bool recursive_read_only,
                         std::vector<std::string>& warnings);
WantedMount parse_mount(const std::string& text, const std::string& folder, bool recursive_read_only);
WantedMount parse_tmpfs(const std::string& text);

} // namespace oci::specgen
