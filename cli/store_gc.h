// gc and rmi of the store: what nothing leads to any more, under the lock that keeps everybody else out.
#pragma once

#include "cli/layout_gc.h"
#include "spec/store.h"

#include <string>
#include <vector>

namespace oci::cli {

// The store's lock to itself; says so when it has to wait for others.
FileLock lock_alone(const spec::Store& store);

struct StoreGc {
  bool dry_run = false;
  bool all_parts = false; // also of downloads that were interrupted lately
};
// Blobs and records without a name, interrupted downloads, temporary files, and folders of containers that nobody runs.
// Throws, with no blob removed, when a document cannot be read.
Garbage collect_store_garbage(const spec::Store& store, const StoreGc& what);

// Takes `names` (references or digests) off, and removes what only they led to. The lines say what was done.
// Throws with exit code 2, with nothing changed, when one is not there.
std::vector<std::string> remove_images(spec::Store& store, const std::vector<std::string>& names, bool ignore_missing);

} // namespace oci::cli
