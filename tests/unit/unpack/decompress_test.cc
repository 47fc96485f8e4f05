#include "unpack/decompress.h"

#include "base/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oci::unpack {
namespace {

using spec::media::Compression;
using ::testing::HasSubstr;

// printf hello | gzip -n, and what zstd makes of it.
const std::string hello_gzip("\x1f\x8b\x08\0\0\0\0\0\0\x03\xcb\x48\xcd\xc9\xc9\x07\0\x86\xa6\x10\x36\x05\0\0\0", 25);
const std::string hello_zstd("\x28\xb5\x2f\xfd\x20\x05\x29\0\0hello", 14);
const std::string skippable("\x52\x2a\x4d\x18\x03\0\0\0abc", 11);

// Hands out one byte at a time.
class Drip final : public Source {
public:
  explicit Drip(std::string text) : inner_(std::move(text)) {}
  std::size_t read(std::span<std::byte> into) override {
    return inner_.read(into.first(std::min<std::size_t>(into.size(), 1)));
  }

private:
  StringSource inner_;
};

std::string decompress(Compression compression, Source& compressed, std::size_t step) {
  std::unique_ptr<Source> source = make_decompressor(compression, compressed);
  std::string text;
  std::vector<std::byte> buffer(step);
  while (std::size_t count = source->read(buffer)) text += as_text(Bytes(buffer).first(count));
  EXPECT_EQ(source->read(buffer), 0u);
  return text;
}

std::string decompress(Compression compression, const std::string& bytes) {
  StringSource whole(bytes);
  std::string text = decompress(compression, whole, 100);
  Drip drip(bytes);
  EXPECT_EQ(decompress(compression, drip, 3), text);
  return text;
}

std::string problem(Compression compression, const std::string& bytes) {
  try {
    StringSource source(bytes);
    decompress(compression, source, 100);
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

TEST(Decompress, PlainIsPassedOn) { EXPECT_EQ(decompress(Compression::none, "hello"), "hello"); }

TEST(Decompress, GzipMembers) {
  EXPECT_EQ(decompress(Compression::gzip, hello_gzip), "hello");
  EXPECT_EQ(decompress(Compression::gzip, hello_gzip + hello_gzip + hello_gzip), "hellohellohello");
}

TEST(Decompress, GzipIsCheckedToTheEnd) {
  for (std::size_t size = 0; size < hello_gzip.size(); ++size)
    EXPECT_THAT(problem(Compression::gzip, hello_gzip.substr(0, size)), HasSubstr("gzip: ")) << size;
  for (std::size_t at : {17u, 20u, 21u, 24u}) {
    std::string changed = hello_gzip;
    changed[at] ^= 1;
    EXPECT_THAT(problem(Compression::gzip, changed), HasSubstr("trailer")) << at;
  }
  EXPECT_THAT(problem(Compression::gzip, hello_gzip + "junk"), HasSubstr("gzip: "));
  EXPECT_THAT(problem(Compression::gzip, hello_gzip + std::string(20, '\0')), HasSubstr("gzip: "));
  EXPECT_THAT(problem(Compression::gzip, "no gzip at all"), HasSubstr("invalid header"));
}

TEST(Decompress, ZstdFrames) {
  EXPECT_EQ(decompress(Compression::zstd, hello_zstd), "hello");
  EXPECT_EQ(decompress(Compression::zstd, skippable + hello_zstd + skippable + hello_zstd + skippable), "hellohello");
}

TEST(Decompress, ZstdIsCheckedToTheEnd) {
  for (std::size_t size = 0; size < hello_zstd.size(); ++size)
    EXPECT_THAT(problem(Compression::zstd, hello_zstd.substr(0, size)), HasSubstr("zstd: ")) << size;
  EXPECT_THAT(problem(Compression::zstd, hello_zstd + "junk"), HasSubstr("zstd: "));
}

TEST(Decompress, ZstdWindowsAreLimited) {
  auto frame = [](int window_log) {
    return std::string("\x28\xb5\x2f\xfd\0", 5) + static_cast<char>((window_log - 10) << 3) +
           std::string("\x01\0\0", 3);
  };
  EXPECT_EQ(problem(Compression::zstd, frame(27)), "");
  EXPECT_THAT(problem(Compression::zstd, frame(28)), HasSubstr("window above 128 MiB"));
}

} // namespace
} // namespace oci::unpack
