// What stands where in the folder of dir:PATH (containers-transports.5).
#pragma once

#include "base/digest.h"
#include "base/text.h"

#include <string>
#include <string_view>

namespace oci::fetch {

inline constexpr std::string_view dir_version = "Directory Transport Version: 1.1\n";

inline bool is_dir_version(std::string_view text) { return text.starts_with("Directory Transport Version: "); }

inline std::string dir_blob_name(const Digest& digest) {
  return digest.algorithm() == "sha256" ? std::string(digest.hex()) : cat(digest.algorithm(), "-", digest.hex());
}

} // namespace oci::fetch
