#include "fetch/transcode.h"

#include <algorithm>
#include <isa-l.h>
#include <vector>
#include <zlib.h>
#include <zstd.h>

namespace oci::fetch {
namespace {

using spec::media::Compression;

constexpr int zstd_window_log = 27; // 128 MiB
constexpr std::size_t output_bytes = 256u << 10;
constexpr std::size_t most_at_once = 1u << 30; // the libraries count in 32 bits
constexpr int gzip_window = 15 + 16;           // with gzip's frame around it

class Gunzip final : public Stage {
public:
  explicit Gunzip(Sink& out) : out_(out), buffer_(output_bytes), state_(std::make_unique<inflate_state>()) { reset(); }

  void write(Bytes bytes) override {
    while (!bytes.empty()) {
      if (state_->block_state == ISAL_BLOCK_FINISH) reset();
      Bytes now = bytes.first(std::min(bytes.size(), most_at_once));
      state_->next_in = reinterpret_cast<std::uint8_t*>(const_cast<std::byte*>(now.data()));
      state_->avail_in = static_cast<std::uint32_t>(now.size());
      inflate();
      bytes = bytes.subspan(now.size() - state_->avail_in);
    }
    begun_ = true;
  }

  void finish() override {
    if (!begun_ || state_->block_state != ISAL_BLOCK_FINISH) fail("gzip: unexpected end of the data");
  }

private:
  void reset() {
    isal_inflate_init(state_.get());
    state_->crc_flag = ISAL_GZIP;
  }

  // All of the input, or to the end of a member.
  void inflate() {
    do {
      state_->next_out = reinterpret_cast<std::uint8_t*>(buffer_.data());
      state_->avail_out = static_cast<std::uint32_t>(buffer_.size());
      if (isal_inflate(state_.get()) != ISAL_DECOMP_OK) fail("gzip: invalid compressed data");
      out_.write(Bytes(buffer_).first(buffer_.size() - state_->avail_out));
    } while (state_->block_state != ISAL_BLOCK_FINISH && (state_->avail_in > 0 || state_->avail_out == 0));
  }

  Sink& out_;
  std::vector<std::byte> buffer_;
  std::unique_ptr<inflate_state> state_;
  bool begun_ = false;
};

class Unzstd final : public Stage {
public:
  explicit Unzstd(Sink& out) : out_(out), buffer_(output_bytes), stream_(ZSTD_createDStream()) {
    if (!stream_) throw std::bad_alloc();
    (void)ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, zstd_window_log);
  }

  void write(Bytes bytes) override {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    bool full = false;
    while (in.pos < in.size || full) {
      ZSTD_outBuffer made{buffer_.data(), buffer_.size(), 0};
      std::size_t hint = ZSTD_decompressStream(stream_.get(), &made, &in);
      if (ZSTD_isError(hint)) fail("zstd: ", to_lower(ZSTD_getErrorName(hint)));
      frame_done_ = hint == 0;
      full = made.pos == made.size && !frame_done_;
      out_.write(Bytes(buffer_).first(made.pos));
    }
  }

  void finish() override {
    if (!frame_done_) fail("zstd: unexpected end of the data");
  }

private:
  struct Free {
    void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
  };
  Sink& out_;
  std::vector<std::byte> buffer_;
  std::unique_ptr<ZSTD_DStream, Free> stream_;
  bool frame_done_ = false;
};

class Gzip final : public Stage {
public:
  Gzip(std::optional<int> level, Sink& out) : out_(out), buffer_(output_bytes) {
    int wanted = level.value_or(Z_DEFAULT_COMPRESSION);
    if (wanted < Z_DEFAULT_COMPRESSION || wanted > Z_BEST_COMPRESSION) fail("gzip has no compression level ", wanted);
    constexpr int memory_level = 8;
    if (deflateInit2(&stream_, wanted, Z_DEFLATED, gzip_window, memory_level, Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::bad_alloc();
    }
  }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;
  ~Gzip() override { deflateEnd(&stream_); }

  void write(Bytes bytes) override {
    while (!bytes.empty()) {
      Bytes now = bytes.first(std::min(bytes.size(), most_at_once));
      bytes = bytes.subspan(now.size());
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(now.data()));
      stream_.avail_in = static_cast<uInt>(now.size());
      deflate_all(Z_NO_FLUSH);
    }
  }
  void finish() override { deflate_all(Z_FINISH); }

private:
  void deflate_all(int flush) {
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
      stream_.avail_out = static_cast<uInt>(buffer_.size());
      deflate(&stream_, flush);
      out_.write(Bytes(buffer_).first(buffer_.size() - stream_.avail_out));
    } while (stream_.avail_out == 0);
  }

  Sink& out_;
  std::vector<std::byte> buffer_;
  z_stream stream_{};
};

class Zstd final : public Stage {
public:
  Zstd(std::optional<int> level, Sink& out) : out_(out), buffer_(output_bytes), stream_(ZSTD_createCStream()) {
    if (!stream_) throw std::bad_alloc();
    int wanted = level.value_or(ZSTD_CLEVEL_DEFAULT);
    if (wanted < 1 || wanted > ZSTD_maxCLevel()) fail("zstd has no compression level ", wanted);
    (void)ZSTD_CCtx_setParameter(stream_.get(), ZSTD_c_compressionLevel, wanted);
    (void)ZSTD_CCtx_setParameter(stream_.get(), ZSTD_c_checksumFlag, 1);
  }
  void write(Bytes bytes) override { run({bytes.data(), bytes.size(), 0}, ZSTD_e_continue); }
  void finish() override { run({nullptr, 0, 0}, ZSTD_e_end); }

private:
  void run(ZSTD_inBuffer in, ZSTD_EndDirective directive) {
    for (bool done = false; !done;) {
      ZSTD_outBuffer made{buffer_.data(), buffer_.size(), 0};
      std::size_t left = ZSTD_compressStream2(stream_.get(), &made, &in, directive);
      if (ZSTD_isError(left)) fail("zstd: ", to_lower(ZSTD_getErrorName(left)));
      out_.write(Bytes(buffer_).first(made.pos));
      done = directive == ZSTD_e_end ? left == 0 : in.pos == in.size;
    }
  }

  struct Free {
    void operator()(ZSTD_CStream* stream) const { ZSTD_freeCStream(stream); }
  };
  Sink& out_;
  std::vector<std::byte> buffer_;
  std::unique_ptr<ZSTD_CStream, Free> stream_;
};

} // namespace

std::unique_ptr<Stage> make_decompressor(Compression compression, Sink& out) {
  if (compression == Compression::gzip) return std::make_unique<Gunzip>(out);
  return std::make_unique<Unzstd>(out);
}

std::unique_ptr<Stage> make_compressor(Compression compression, std::optional<int> level, Sink& out) {
  if (compression == Compression::gzip) return std::make_unique<Gzip>(level, out);
  return std::make_unique<Zstd>(level, out);
}

} // namespace oci::fetch
