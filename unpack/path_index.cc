#include "unpack/path_index.h"

#include "base/error.h"
#include "base/io.h"
#include "base/sys.h"

#include <array>
#include <climits>
#include <fcntl.h>

namespace oci::unpack {

namespace {

constexpr std::size_t buffer_bytes = 64u << 10;

Fd make_nameless_file(int folder, const char* name) {
  Fd file = check(sys::openat(folder, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600), "make the index of paths");
  check(sys::unlinkat(folder, name), "make the index of paths");
  return file;
}

off_t place_of(std::uint64_t number) { return static_cast<off_t>(number * sizeof(std::uint64_t)); }

} // namespace

PathIndex::PathIndex(int folder)
    : offsets_(make_nameless_file(folder, "offsets")), paths_(make_nameless_file(folder, "paths")),
      unwritten_(1, '\0') {}

void PathIndex::put(std::uint64_t number, const std::string& path) {
  const std::string known = find(number);
  if (!known.empty() && known <= path) return;
  if (known.empty()) ++size_;
  const std::uint64_t offset = written_ + unwritten_.size();
  unwritten_.append(path).push_back('\0');
  check(sys::pwrite(offsets_.get(), &offset, sizeof offset, place_of(number)), "write the index of paths");
  if (unwritten_.size() >= buffer_bytes) flush();
}

std::string PathIndex::find(std::uint64_t number) {
  std::uint64_t offset = 0;
  const std::size_t got =
      check(sys::pread(offsets_.get(), &offset, sizeof offset, place_of(number)), "read the index of paths");
  if (got < sizeof offset || offset == 0) return {};
  if (offset >= written_) return unwritten_.c_str() + (offset - written_);
  std::array<char, PATH_MAX> path;
  const std::size_t size = check(sys::pread(paths_.get(), path.data(), path.size() - 1, static_cast<off_t>(offset)),
                                 "read the index of paths");
  path[size] = '\0';
  return path.data();
}

void PathIndex::flush() {
  check(write_all(paths_.get(), unwritten_), "write the index of paths");
  written_ += unwritten_.size();
  unwritten_.clear();
}

} // namespace oci::unpack
