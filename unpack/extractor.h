// The sandboxed process: decompresses, hashes, reads the tar and makes the rootfs. Three kinds of threads: one that
// decompresses and hashes, one that reads the tar and makes names, and those that write files.
#pragma once

#include "unpack/unpack.h"

namespace oci::unpack {

// The whole life of a forked child. Talks protocol.h over `socket`.
[[noreturn]] void run_extractor(int rootfs, int socket, const Options& options) noexcept;

} // namespace oci::unpack
