// What the extractor may still do once it reads what others wrote: change files beneath the rootfs, and talk to its
// parent.
#pragma once

namespace oci::unpack {

// Gives everything else away, for good: other descriptors than `rootfs`, `socket` and the standard ones, the view of
// any other file (chroot, landlock), system calls (seccomp) and capabilities other than those that making files of all
// owners and kinds takes. Landlock is left out where the kernel has none; the rest must succeed or this throws. To be
// called with one thread.
void enter_sandbox(int rootfs, int socket);

} // namespace oci::unpack
