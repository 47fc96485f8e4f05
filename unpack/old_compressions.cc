#include "unpack/old_compressions.h"

#include "base/error.h"
#include "unpack/compressed_input.h"

#include <algorithm>
#include <bzlib.h>
#include <lzma.h>
#include <new>

namespace oci::unpack {

namespace {

constexpr std::uint64_t xz_memory = 66u << 20; // of `xz -9`

class XzSource final : public Source {
public:
  explicit XzSource(Source& compressed) : input_(compressed) {
    if (::lzma_stream_decoder(&stream_, xz_memory, LZMA_CONCATENATED) != LZMA_OK) throw std::bad_alloc();
  }
  ~XzSource() override { ::lzma_end(&stream_); }
  XzSource(const XzSource&) = delete;
  XzSource& operator=(const XzSource&) = delete;

  std::size_t read(std::span<std::byte> into) override {
    stream_.next_out = reinterpret_cast<std::uint8_t*>(into.data());
    stream_.avail_out = into.size();
    while (stream_.avail_out > 0 && !done_) {
      const bool more = input_.refill();
      stream_.next_in = reinterpret_cast<const std::uint8_t*>(input_.rest().data());
      stream_.avail_in = input_.rest().size();
      const lzma_ret status = ::lzma_code(&stream_, more ? LZMA_RUN : LZMA_FINISH);
      input_.consume(input_.rest().size() - stream_.avail_in);
      done_ = status == LZMA_STREAM_END;
      if (status != LZMA_OK && !done_) fail("xz: ", problem(status));
    }
    return into.size() - stream_.avail_out;
  }

private:
  static const char* problem(lzma_ret status) {
    switch (status) {
    case LZMA_MEMLIMIT_ERROR:
      return "needs a dictionary above 64 MiB";
    case LZMA_BUF_ERROR:
      return "unexpected end of the data";
    case LZMA_FORMAT_ERROR:
      return "something else follows";
    default:
      return "invalid compressed data";
    }
  }

  CompressedInput input_;
  lzma_stream stream_ = LZMA_STREAM_INIT;
  bool done_ = false;
};

class Bzip2Source final : public Source {
public:
  explicit Bzip2Source(Source& compressed) : input_(compressed) { begin(); }
  ~Bzip2Source() override { (void)::BZ2_bzDecompressEnd(&stream_); }
  Bzip2Source(const Bzip2Source&) = delete;
  Bzip2Source& operator=(const Bzip2Source&) = delete;

  std::size_t read(std::span<std::byte> into) override {
    into = into.first(std::min<std::size_t>(into.size(), 1u << 30)); // the library counts in 32 bits
    stream_.next_out = reinterpret_cast<char*>(into.data());
    stream_.avail_out = static_cast<unsigned>(into.size());
    while (stream_.avail_out > 0) {
      const bool more = input_.refill();
      if (stream_done_) {
        if (!more) break;
        next_stream();
      }
      step(more);
    }
    return into.size() - stream_.avail_out;
  }

private:
  void begin() {
    if (::BZ2_bzDecompressInit(&stream_, 0, 0) != BZ_OK) throw std::bad_alloc();
    stream_done_ = false;
  }

  void next_stream() {
    char* out = stream_.next_out;
    const unsigned left = stream_.avail_out;
    (void)::BZ2_bzDecompressEnd(&stream_);
    stream_ = {};
    begin();
    stream_.next_out = out;
    stream_.avail_out = left;
  }

  void step(bool more) {
    const unsigned before = stream_.avail_out;
    stream_.next_in = reinterpret_cast<char*>(const_cast<std::byte*>(input_.rest().data()));
    stream_.avail_in = static_cast<unsigned>(input_.rest().size());
    const int status = ::BZ2_bzDecompress(&stream_);
    input_.consume(input_.rest().size() - stream_.avail_in);
    stream_done_ = status == BZ_STREAM_END;
    if (status != BZ_OK && !stream_done_) fail("bzip2: invalid compressed data");
    if (!more && !stream_done_ && stream_.avail_out == before) fail("bzip2: unexpected end of the data");
  }

  CompressedInput input_;
  bz_stream stream_{};
  bool stream_done_ = false;
};

} // namespace

Packing packing_of(std::string_view first_bytes) {
  if (first_bytes.starts_with("\x1f\x8b\x08")) return Packing::gzip;
  if (first_bytes.starts_with("\x28\xb5\x2f\xfd")) return Packing::zstd;
  if (first_bytes.starts_with(std::string_view("\xfd"
                                               "7zXZ\0",
                                               6)))
    return Packing::xz;
  if (first_bytes.starts_with("BZh") && first_bytes.substr(std::min<std::size_t>(4, first_bytes.size())) == "1AY&SY")
    return Packing::bzip2;
  return Packing::none;
}

std::unique_ptr<Source> make_xz_decompressor(Source& compressed) { return std::make_unique<XzSource>(compressed); }

std::unique_ptr<Source> make_bzip2_decompressor(Source& compressed) {
  return std::make_unique<Bzip2Source>(compressed);
}

} // namespace oci::unpack
