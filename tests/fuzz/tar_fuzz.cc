// The tar reader: what it accepts stays within its limits and within what each member says. The first byte tells how
// the stream is cut into chunks.
#include "base/text.h"
#include "tests/fuzz/fuzz.h"
#include "unpack/names.h"
#include "unpack/tar_reader.h"

#include <algorithm>
#include <cstring>

namespace {

using namespace oci::unpack;

class Cut final : public ChunkSource {
public:
  Cut(std::string_view input, std::size_t step) : rest_(input), step_(step) {}
  ChunkRef next() override {
    if (rest_.empty()) return nullptr;
    auto chunk = std::make_shared<Chunk>();
    chunk->size = std::min(step_, rest_.size());
    chunk->bytes.reset(new std::byte[chunk->size]);
    std::memcpy(chunk->bytes.get(), rest_.data(), chunk->size);
    rest_.remove_prefix(chunk->size);
    return chunk;
  }

private:
  std::string_view rest_;
  std::size_t step_;
};

Limits small_limits() {
  Limits limits;
  limits.pax_record_bytes = 16384;
  return limits;
}

void check_names(const Member& member) {
  const std::string clean = clean_name(member.name);
  const SplitName split = split_name(clean);
  oci::fuzz::require(join_name(split.folder, split.leaf) == clean, "a name is its folder and its leaf");
  oci::fuzz::require(clean_name(clean) == clean, "a clean name is clean");
  try {
    (void)whiteout_of(split.leaf);
  } catch (const oci::Error&) {
  }
}

void check_data(TarReader& tar, const Member& member, std::size_t input_size) {
  std::uint64_t end = 0, stored = 0;
  while (std::optional<TarReader::Data> data = tar.read_data()) {
    const std::uint64_t size = data->piece.bytes.size();
    oci::fuzz::require(size > 0, "a piece is never empty");
    oci::fuzz::require(data->offset >= end, "pieces ascend");
    oci::fuzz::require(size <= member.size && data->offset <= member.size - size, "pieces are within the file");
    end = data->offset + size;
    stored += size;
  }
  oci::fuzz::require(stored <= input_size, "no more content than input");
}

} // namespace

void oci::fuzz::target(std::string_view input) {
  if (input.empty()) return;
  const std::size_t step = 1 + static_cast<unsigned char>(input[0]) * 7u;
  input.remove_prefix(1);
  try {
    Cut source(input, step);
    TarReader tar(source, small_limits());
    Member member;
    while (tar.next(member)) {
      require(member.mode <= 07777, "a mode has twelve bits");
      require(member.kind == Kind::file || member.size == 0, "only files have content");
      check_names(member);
      check_data(tar, member, input.size());
    }
  } catch (const Error&) {
  }
}
