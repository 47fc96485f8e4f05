// All that is wrong with a config.json, found in one reading; the runtime stops at the first. runtime-spec 1.3,
// config.md and config-linux.md: the shape of every field, then the rules that bind whoever writes the file.
#pragma once

#include "spec/runtime_config.h"

#include <string>
#include <string_view>
#include <vector>

namespace oci::spec {

struct Finding {
  enum class Level { error, warning }; // breaks a MUST; or has no effect, or is advised against
  Level level = Level::error;
  std::string path; // "process.user.uid", "mounts[2].options[0]"; "" is the whole document
  std::string text;
};

struct CheckedConfig {
  RuntimeConfig config; // what could be read of it
  std::vector<Finding> findings;
};

// Throws Error for what is not JSON at all; everything else is a finding, in the order of the document.
CheckedConfig check_config(std::string_view text, std::string_view name);

} // namespace oci::spec
