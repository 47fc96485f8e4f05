#include "base/io.h"

#include "base/sys.h"

#include <algorithm>
#include <cstring>

namespace oci {

std::size_t FdSource::read(std::span<std::byte> into) {
  return check(sys::read(fd_, into.data(), into.size()), "read ", name_);
}

void FdSink::write(Bytes bytes) { check(write_all(fd_, as_text(bytes)), "write ", name_); }

void BufferedSink::write(Bytes bytes) {
  constexpr std::size_t capacity = 64u << 10;
  if (buffer_.size() + bytes.size() > capacity) flush();
  if (bytes.size() > capacity) return inner_.write(bytes);
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

void BufferedSink::flush() {
  if (!buffer_.empty()) inner_.write(buffer_);
  buffer_.clear();
}

std::size_t StringSource::read(std::span<std::byte> into) {
  std::size_t size = std::min(into.size(), text_.size() - at_);
  if (size > 0) std::memcpy(into.data(), text_.data() + at_, size);
  at_ += size;
  return size;
}

Result<void> write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    Result<std::size_t> written = sys::write(fd, bytes.data(), bytes.size());
    if (!written) return tl::unexpected(written.error());
    if (*written == 0) return tl::unexpected(Errno{EIO}); // a device that takes nothing must not hold us
    bytes.remove_prefix(*written);
  }
  return {};
}

std::string read_all(int fd, std::size_t limit, std::string_view name) {
  constexpr std::size_t first_guess = 4096, largest_guess = 1u << 20;
  limit = std::min(limit, std::string().max_size() - 1);
  struct stat status = check(sys::fstat(fd), "stat ", name);
  std::size_t guess = status.st_size > 0 ? static_cast<std::size_t>(status.st_size) : first_guess;
  std::string text;
  std::size_t size = 0;
  text.resize(std::min(std::min(guess, largest_guess), limit) + 1); // one byte more than expected shows the end
  for (;;) {
    if (size == text.size()) text.resize(std::min(size * 2, limit + 1));
    std::size_t count = check(sys::read(fd, text.data() + size, text.size() - size), "read ", name);
    size += count;
    if (size > limit) fail(name, ": larger than ", limit, " bytes");
    if (count == 0) break;
  }
  text.resize(size);
  return text;
}

} // namespace oci
