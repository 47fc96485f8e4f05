// Where a user's own files are.
#pragma once

#include <string>

namespace oci {

// $XDG_CONFIG_HOME, else $HOME/.config; "" when neither is known. As path_from_environment() for who is privileged.
std::string user_config_folder();

} // namespace oci
