// Folders of containers in the store that nobody runs any more: their `oci` was killed.
#pragma once

#include "cli/layout_gc.h"
#include "spec/store.h"

namespace oci::cli {

// Under the store's exclusive lock. A folder is in use while its `oci` holds a lock on it, or while a process has its
// rootfs for a root.
void remove_left_containers(const spec::Store& store, Garbage& garbage);

// What a file or a folder with all beneath it takes on the disk.
std::uint64_t tree_bytes(int dir, const std::string& name);

} // namespace oci::cli
