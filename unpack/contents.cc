#include "unpack/contents.h"

#include "base/sys.h"

#include <algorithm>
#include <cstring>

namespace oci::unpack {

namespace {

constexpr std::size_t buffer_bytes = 256u << 10;

} // namespace

void ContentWriter::write(std::uint64_t entry, std::uint64_t size, TarReader& tar) {
  ContentHeader header{entry, size, 0, 0};
  out_.write(std::as_bytes(std::span(&header, 1)));
  while (const std::optional<TarReader::Data> data = tar.read_data()) {
    header.offset = data->offset;
    header.length = data->piece.bytes.size();
    out_.write(std::as_bytes(std::span(&header, 1)));
    out_.write(data->piece.bytes);
  }
}

ContentReader::ContentReader(Fd pipe, FileReceiver& receiver)
    : pipe_(std::move(pipe)), receiver_(receiver), buffer_(buffer_bytes) {}

void ContentReader::receive() {
  const std::size_t count =
      check(sys::read(pipe_.get(), buffer_.data(), buffer_.size()), "receive what is in the files");
  if (count == 0) pipe_.reset();
  for (Bytes rest = Bytes(buffer_).first(count); !rest.empty();)
    rest = header_.length > 0 ? take_piece(rest) : take_header(rest);
}

Bytes ContentReader::take_piece(Bytes bytes) {
  const Bytes piece = bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), header_.length)));
  receiver_.piece(header_.offset, piece);
  header_.offset += piece.size();
  header_.length -= piece.size();
  return bytes.subspan(piece.size());
}

Bytes ContentReader::take_header(Bytes bytes) {
  const std::size_t count = std::min(bytes.size(), header_bytes_.size() - header_size_);
  std::copy_n(bytes.begin(), count, header_bytes_.begin() + static_cast<std::ptrdiff_t>(header_size_));
  header_size_ += count;
  if (header_size_ < header_bytes_.size()) return {};
  header_size_ = 0;
  const std::uint64_t entry = header_.entry;
  std::memcpy(&header_, header_bytes_.data(), sizeof header_);
  if (!in_file_ || header_.entry != entry) {
    end_file();
    receiver_.begin(header_.entry, header_.size);
    in_file_ = true;
  }
  return bytes.subspan(count);
}

void ContentReader::end_file() {
  if (in_file_) receiver_.end();
  in_file_ = false;
}

void ContentReader::finish() {
  if (header_size_ > 0 || header_.length > 0) fail("what is in the files ends in the middle");
  end_file();
}

} // namespace oci::unpack
