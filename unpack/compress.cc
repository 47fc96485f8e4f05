#include "unpack/compress.h"

#include "base/error.h"
#include "base/text.h"

#include <isa-l.h>
#include <vector>
#include <zstd.h>

namespace oci::unpack {

namespace {

constexpr std::size_t input_bytes = 64u << 10, output_bytes = 256u << 10;

// ISA-L's best level: within a few per cent of zlib's default in size, for a fifth of its time.
class GzipCompressor final : public Compressor {
public:
  explicit GzipCompressor(Sink& out)
      : out_(out), stream_(std::make_unique<isal_zstream>()), level_(ISAL_DEF_LVL3_LARGE), buffer_(output_bytes) {
    input_.reserve(input_bytes);
    isal_deflate_init(stream_.get());
    stream_->gzip_flag = IGZIP_GZIP;
    stream_->level = 3;
    stream_->level_buf = level_.data();
    stream_->level_buf_size = static_cast<std::uint32_t>(level_.size());
  }

  // What the library makes depends on how its input is divided: always into blocks of one size.
  void write(Bytes bytes) override {
    while (!bytes.empty()) {
      const Bytes part = bytes.first(std::min(input_bytes - input_.size(), bytes.size()));
      input_.insert(input_.end(), part.begin(), part.end());
      bytes = bytes.subspan(part.size());
      if (input_.size() == input_bytes) flush_input(false);
    }
  }
  void finish() override { flush_input(true); }

private:
  void flush_input(bool last) {
    run(input_, last);
    input_.clear();
  }
  void run(Bytes bytes, bool last) {
    stream_->next_in = reinterpret_cast<std::uint8_t*>(const_cast<std::byte*>(bytes.data()));
    stream_->avail_in = static_cast<std::uint32_t>(bytes.size());
    stream_->end_of_stream = last;
    do {
      stream_->next_out = reinterpret_cast<std::uint8_t*>(buffer_.data());
      stream_->avail_out = static_cast<std::uint32_t>(buffer_.size());
      if (const int status = isal_deflate(stream_.get()); status != COMP_OK) fail("gzip: error ", status);
      out_.write(Bytes(buffer_).first(buffer_.size() - stream_->avail_out));
    } while (stream_->avail_out == 0);
  }

  Sink& out_;
  std::unique_ptr<isal_zstream> stream_;
  std::vector<std::uint8_t> level_;
  std::vector<std::byte> input_, buffer_;
};

class ZstdCompressor final : public Compressor {
public:
  explicit ZstdCompressor(Sink& out) : out_(out), stream_(ZSTD_createCStream()), buffer_(output_bytes) {
    if (!stream_) throw std::bad_alloc();
    check_code(ZSTD_CCtx_setParameter(stream_.get(), ZSTD_c_compressionLevel, ZSTD_CLEVEL_DEFAULT));
    check_code(ZSTD_CCtx_setParameter(stream_.get(), ZSTD_c_checksumFlag, 1));
  }
  void write(Bytes bytes) override {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    while (in.pos < in.size) (void)step(in, ZSTD_e_continue);
  }
  void finish() override {
    ZSTD_inBuffer in{nullptr, 0, 0};
    while (step(in, ZSTD_e_end) != 0) {
    }
  }

private:
  static std::size_t check_code(std::size_t code) {
    if (ZSTD_isError(code)) fail("zstd: ", to_lower(ZSTD_getErrorName(code)));
    return code;
  }
  std::size_t step(ZSTD_inBuffer& in, ZSTD_EndDirective directive) {
    ZSTD_outBuffer out{buffer_.data(), buffer_.size(), 0};
    const std::size_t left = check_code(ZSTD_compressStream2(stream_.get(), &out, &in, directive));
    out_.write(Bytes(buffer_).first(out.pos));
    return left;
  }

  struct Free {
    void operator()(ZSTD_CStream* stream) const { ZSTD_freeCStream(stream); }
  };
  Sink& out_;
  std::unique_ptr<ZSTD_CStream, Free> stream_;
  std::vector<std::byte> buffer_;
};

class PlainCompressor final : public Compressor {
public:
  explicit PlainCompressor(Sink& out) : out_(out) {}
  void write(Bytes bytes) override { out_.write(bytes); }
  void finish() override {}

private:
  Sink& out_;
};

} // namespace

std::unique_ptr<Compressor> make_compressor(spec::media::Compression compression, Sink& out) {
  switch (compression) {
  case spec::media::Compression::gzip:
    return std::make_unique<GzipCompressor>(out);
  case spec::media::Compression::zstd:
    return std::make_unique<ZstdCompressor>(out);
  default:
    return std::make_unique<PlainCompressor>(out);
  }
}

} // namespace oci::unpack
