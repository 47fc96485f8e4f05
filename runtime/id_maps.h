// The id maps of a user namespace just made (user_namespaces(7)).
#pragma once

#include "spec/runtime_config.h"

#include <string>
#include <sys/types.h>

namespace oci::runtime {

std::string id_map_text(const std::vector<spec::IdMapping>& mappings); // pure: lines of "inside outside count"

// A new user namespace without mappings gets some: root's is as the host's, another user's holds its own id as root.
void fill_id_maps(spec::Linux& linux_);

// linux.uidMappings and gidMappings of the process's namespace. Throws.
void write_id_maps(pid_t pid, const spec::Linux& linux_);

} // namespace oci::runtime
