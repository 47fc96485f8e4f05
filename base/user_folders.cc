#include "base/user_folders.h"

#include "base/files.h"
#include "base/text.h"

namespace oci {

std::string user_config_folder() {
  if (std::string folder = path_from_environment("XDG_CONFIG_HOME"); folder.starts_with('/')) return folder;
  const std::string home = path_from_environment("HOME");
  return home.starts_with('/') ? cat(home, "/.config") : "";
}

} // namespace oci
