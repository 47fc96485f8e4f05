// Mounts that show other ids than their files have: mount_setattr(2), MOUNT_ATTR_IDMAP.
#pragma once

#include "runtime/plan.h"

namespace oci::runtime {

// `mount` is a detached tree. Throws Error "mounts[3]: …".
void map_mount_ids(int mount, const InitPlan::Tree& tree);

} // namespace oci::runtime
