// The only file access of specgen: two files of a root file system that may hold anything.
#include "specgen/specgen.h"

#include "base/error.h"
#include "base/io.h"
#include "base/sys.h"

#include <cerrno>

namespace oci::specgen {

namespace {

constexpr std::size_t max_user_file = 1u << 20;

// Opened for reading only when it is known to be a regular file: opening a FIFO waits and opening a device may act.
UserFile read_user_file(int rootfs, const char* path) {
  const auto found = sys::openat2(rootfs, path, O_PATH | O_CLOEXEC, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
  if (!found) {
    const bool absent = found.error() == ENOENT || found.error() == ENOTDIR;
    return {"", absent ? "" : errno_text(found.error().value)};
  }
  const auto status = sys::fstat(found->get());
  if (!status) return {"", errno_text(status.error().value)};
  if (!S_ISREG(status->st_mode)) return {"", "not a regular file"};
  const auto file = sys::open(cat("/proc/self/fd/", found->get()), O_RDONLY | O_CLOEXEC);
  if (!file) return {"", errno_text(file.error().value)};
  try {
    return {read_all(file->get(), max_user_file, path), ""};
  } catch (const Error& error) {
    return {"", error.message()};
  }
}

} // namespace

UserFiles read_user_files(int rootfs) {
  return {read_user_file(rootfs, "etc/passwd"), read_user_file(rootfs, "etc/group")};
}

} // namespace oci::specgen
