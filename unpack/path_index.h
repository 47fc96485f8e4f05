// Paths by number, in files of a folder that no name leads to: however many there are, they take no memory.
#pragma once

#include "base/fd.h"

#include <cstdint>
#include <string>

namespace oci::unpack {

class PathIndex {
public:
  explicit PathIndex(int folder);
  // Of several paths of one number the first in order is kept.
  void put(std::uint64_t number, const std::string& path);
  std::string find(std::uint64_t number);      // "" when there is none
  std::uint64_t size() const { return size_; } // numbers

private:
  void flush();

  Fd offsets_, paths_;    // offsets_: by number, 0 is none; paths_: each with a NUL behind it
  std::string unwritten_; // of paths_, its end
  std::uint64_t written_ = 0;
  std::uint64_t size_ = 0;
};

} // namespace oci::unpack
