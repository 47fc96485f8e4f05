// Defaults for the options that end in config.json: the table [container] of oci.toml, whose keys are their long names.
#pragma once

#include "cli/args.h"

#include <map>
#include <string>

namespace oci::cli {

// Gives the targets of `options` what the files say: $OCI_CONFIG alone, else /etc/oci/oci.toml and then the user's
// $XDG_CONFIG_HOME/oci/oci.toml, whose values replace the former's. Returns where each came from, under every name of
// the option: "--memory" -> "/etc/oci/oci.toml:3". Throws Error that names file, line and key, and what is accepted.
std::map<std::string, std::string> read_container_defaults(const Command& options);

} // namespace oci::cli
