// One member of a layer's tar, as it means to be.
#pragma once

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace oci::unpack {

enum class Kind { file, hard_link, symlink, char_device, block_device, folder, fifo };

struct Xattr {
  std::string name, value;
};

// Where a part of a sparse file's content belongs.
struct Extent {
  std::uint64_t offset = 0, size = 0;
};

struct Member {
  std::string name;   // as it stands in the tar
  std::string target; // of a link
  Kind kind = Kind::file;
  mode_t mode = 0; // 07777 at most
  std::uint32_t uid = 0, gid = 0;
  timespec mtime{}, atime{};               // atime is mtime where the tar says none
  std::uint32_t major = 0, minor = 0;      // devices
  std::uint64_t size = 0;                  // of a file, holes included
  std::optional<std::vector<Extent>> data; // a sparse file's; ascending, within size, without overlap
  std::vector<Xattr> xattrs;
};

} // namespace oci::unpack
