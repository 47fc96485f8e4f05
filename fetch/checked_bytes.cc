#include "fetch/checked_bytes.h"

namespace oci::fetch {

namespace {
constexpr std::size_t copy_buffer = 256u << 10;
}

CheckedBytes::CheckedBytes(const spec::Descriptor& descriptor, const std::string& name)
    : descriptor_(descriptor), name_(name), hasher_(descriptor.digest.algorithm()) {}

void CheckedBytes::update(Bytes bytes) {
  if (bytes.size() > static_cast<std::uint64_t>(descriptor_.size) - size_) {
    fail(name_, ": larger than the ", descriptor_.size, " bytes its descriptor says");
  }
  hasher_.update(bytes);
  size_ += bytes.size();
}

void CheckedBytes::restart() {
  hasher_ = Hasher(descriptor_.digest.algorithm());
  size_ = 0;
}

void CheckedBytes::finish() {
  if (size_ != static_cast<std::uint64_t>(descriptor_.size)) {
    fail(name_, ": ends after ", size_, " of ", descriptor_.size, " bytes");
  }
  Digest actual = hasher_.finish();
  if (actual != descriptor_.digest) fail(name_, ": wrong digest: its content is ", actual.text());
}

void pour(TakenBlob& blob, Source& source) {
  std::vector<std::byte> buffer(copy_buffer);
  while (std::size_t count = source.read(buffer)) blob.write(Bytes(buffer).first(count));
  blob.commit();
}

} // namespace oci::fetch
