#include "unpack/compress.h"

#include "unpack/decompress.h"

#include <gtest/gtest.h>

namespace oci::unpack {
namespace {

using spec::media::Compression;

class TextSink final : public Sink {
public:
  void write(Bytes bytes) override { text += as_text(bytes); }
  std::string text;
};

std::string compressed(Compression how, const std::string& text, std::size_t step) {
  TextSink sink;
  const auto compressor = make_compressor(how, sink);
  for (std::size_t at = 0; at < text.size(); at += step) compressor->write(as_bytes(text.substr(at, step)));
  compressor->finish();
  return sink.text;
}

std::string decompressed(Compression how, const std::string& bytes) {
  StringSource source(bytes);
  const auto decompressor = make_decompressor(how, source);
  std::string text;
  std::vector<std::byte> buffer(65536);
  while (const std::size_t count = decompressor->read(buffer)) text += as_text(Bytes(buffer).first(count));
  return text;
}

std::string sample(std::size_t size) {
  std::string text(size, '\0');
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < size; ++i) {
    state = state * 1664525 + 1013904223;
    text[i] = i % 3 == 0 ? static_cast<char>(state >> 24) : 'a';
  }
  return text;
}

class Compress : public ::testing::TestWithParam<Compression> {};

TEST_P(Compress, ComesBackAsItWas) {
  for (const std::size_t size : {0u, 1u, 511u, 65536u, 1'000'001u})
    EXPECT_TRUE(decompressed(GetParam(), compressed(GetParam(), sample(size), 4096)) == sample(size)) << size;
}

// The same bytes for the same content, however it comes in; nothing of the time or this machine.
TEST_P(Compress, TheSameBytesEachTime) {
  const std::string text = sample(300'000), once = compressed(GetParam(), text, 300'000);
  EXPECT_TRUE(compressed(GetParam(), text, 300'000) == once);
  EXPECT_TRUE(compressed(GetParam(), text, 512) == once);
}

TEST_P(Compress, IsSmaller) {
  const std::string text(1'000'000, 'x');
  if (GetParam() == Compression::none) {
    EXPECT_EQ(compressed(GetParam(), text, 65536), text);
  } else {
    EXPECT_LT(compressed(GetParam(), text, 65536).size(), 10'000u);
  }
}

INSTANTIATE_TEST_SUITE_P(All, Compress, ::testing::Values(Compression::none, Compression::gzip, Compression::zstd));

} // namespace
} // namespace oci::unpack
