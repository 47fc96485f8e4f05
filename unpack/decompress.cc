#include "unpack/decompress.h"

#include "unpack/compressed_input.h"
#include "unpack/old_compressions.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <isa-l.h>
#include <zstd.h>
#include <zstd_errors.h>

namespace oci::unpack {

namespace {

constexpr int zstd_window_log = 27; // 128 MiB

class GzipSource final : public Source {
public:
  explicit GzipSource(Source& compressed) : input_(compressed), state_(std::make_unique<inflate_state>()) {
    isal_inflate_init(state_.get());
    state_->crc_flag = ISAL_GZIP;
  }

  std::size_t read(std::span<std::byte> into) override {
    into = into.first(std::min<std::size_t>(into.size(), 1u << 30)); // the library counts in 32 bits
    std::size_t done = 0;
    while (done < into.size()) {
      bool more = input_.refill();
      if (state_->block_state == ISAL_BLOCK_FINISH) {
        if (!more) break;
        isal_inflate_reset(state_.get());
        state_->crc_flag = ISAL_GZIP;
      }
      done += step(into.subspan(done), more);
    }
    return done;
  }

private:
  std::size_t step(std::span<std::byte> into, bool more) {
    Bytes bytes = input_.rest();
    state_->next_in = reinterpret_cast<std::uint8_t*>(const_cast<std::byte*>(bytes.data()));
    state_->avail_in = static_cast<std::uint32_t>(bytes.size());
    state_->next_out = reinterpret_cast<std::uint8_t*>(into.data());
    state_->avail_out = static_cast<std::uint32_t>(into.size());
    int status = isal_inflate(state_.get());
    if (status != ISAL_DECOMP_OK) fail("gzip: ", problem(status));
    input_.consume(bytes.size() - state_->avail_in);
    std::size_t made = into.size() - state_->avail_out;
    bool stuck = made == 0 && state_->block_state != ISAL_BLOCK_FINISH;
    if (!more && stuck) fail("gzip: unexpected end of the data");
    return made;
  }

  static const char* problem(int status) {
    switch (status) {
    case ISAL_INVALID_WRAPPER:
      return "invalid header";
    case ISAL_UNSUPPORTED_METHOD:
      return "unknown compression method";
    case ISAL_INCORRECT_CHECKSUM:
      return "checksum or length differs from the trailer";
    case ISAL_NEED_DICT:
      return "a dictionary is needed";
    default:
      return "invalid compressed data";
    }
  }

  CompressedInput input_;
  std::unique_ptr<inflate_state> state_;
};

class ZstdSource final : public Source {
public:
  explicit ZstdSource(Source& compressed) : input_(compressed), stream_(ZSTD_createDStream()) {
    if (!stream_) throw std::bad_alloc();
    check_code(ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, zstd_window_log));
  }

  std::size_t read(std::span<std::byte> into) override {
    ZSTD_outBuffer out{into.data(), into.size(), 0};
    while (out.pos < out.size) {
      bool more = input_.refill();
      if (!more && frame_done_) break;
      ZSTD_inBuffer in{input_.rest().data(), input_.rest().size(), 0};
      std::size_t before = out.pos;
      std::size_t hint = check_code(ZSTD_decompressStream(stream_.get(), &out, &in));
      frame_done_ = hint == 0;
      input_.consume(in.pos);
      if (!more && !frame_done_ && out.pos == before) fail("zstd: unexpected end of the data");
    }
    return out.pos;
  }

private:
  static std::size_t check_code(std::size_t code) {
    if (!ZSTD_isError(code)) return code;
    if (ZSTD_getErrorCode(code) == ZSTD_error_frameParameter_windowTooLarge)
      fail("zstd: needs a window above ", (1 << zstd_window_log) >> 20, " MiB");
    fail("zstd: ", to_lower(ZSTD_getErrorName(code)));
  }

  struct Free {
    void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
  };
  CompressedInput input_;
  std::unique_ptr<ZSTD_DStream, Free> stream_;
  bool frame_done_ = false;
};

std::unique_ptr<Source> make_for(Packing packing, Source& compressed) {
  switch (packing) {
  case Packing::gzip:
    return std::make_unique<GzipSource>(compressed);
  case Packing::zstd:
    return std::make_unique<ZstdSource>(compressed);
  case Packing::xz:
    return make_xz_decompressor(compressed);
  case Packing::bzip2:
    return make_bzip2_decompressor(compressed);
  case Packing::none:
    break;
  }
  return nullptr;
}

// What is said to be a plain tar: passed on as it is, unless its first bytes say that it is packed.
class MaybePlainSource final : public Source {
public:
  explicit MaybePlainSource(Source& inner) : first_(inner) {
    packed_ = make_for(packing_of(first_.first_bytes()), first_);
  }
  std::size_t read(std::span<std::byte> into) override { return packed_ ? packed_->read(into) : first_.read(into); }

private:
  // Passes on what was looked at first.
  class LookedAt final : public Source {
  public:
    explicit LookedAt(Source& inner) : inner_(inner) {
      while (size_ < bytes_.size()) {
        std::size_t count = inner_.read(std::span(bytes_).subspan(size_));
        if (count == 0) break;
        size_ += count;
      }
    }
    std::string_view first_bytes() const { return as_text(Bytes(bytes_).first(size_)); }
    std::size_t read(std::span<std::byte> into) override {
      if (at_ == size_) return inner_.read(into);
      std::size_t count = std::min(into.size(), size_ - at_);
      std::memcpy(into.data(), bytes_.data() + at_, count);
      at_ += count;
      return count;
    }

  private:
    Source& inner_;
    std::array<std::byte, packing_bytes> bytes_{};
    std::size_t size_ = 0, at_ = 0;
  };

  LookedAt first_;
  std::unique_ptr<Source> packed_;
};

} // namespace

std::unique_ptr<Source> make_decompressor(spec::media::Compression compression, Source& compressed) {
  switch (compression) {
  case spec::media::Compression::gzip:
    return std::make_unique<GzipSource>(compressed);
  case spec::media::Compression::zstd:
    return std::make_unique<ZstdSource>(compressed);
  case spec::media::Compression::none:
    break;
  }
  return std::make_unique<MaybePlainSource>(compressed);
}

} // namespace oci::unpack
