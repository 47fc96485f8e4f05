// The decompressors: no input reads or writes where it must not, or never ends. The first byte tells which, the second
// how much is asked for at once.
#include "tests/fuzz/fuzz.h"
#include "unpack/decompress.h"

#include <vector>

void oci::fuzz::target(std::string_view input) {
  constexpr std::uint64_t enough = 8u << 20;
  if (input.size() < 2) return;
  const auto compression = static_cast<spec::media::Compression>(static_cast<unsigned char>(input[0]) % 3);
  std::vector<std::byte> buffer(1 + static_cast<unsigned char>(input[1]) * 257u);
  try {
    StringSource source{std::string(input.substr(2))};
    const std::unique_ptr<Source> plain = unpack::make_decompressor(compression, source);
    constexpr int most_reads = 100'000;
    std::uint64_t total = 0;
    for (int reads = 0; total < enough && reads < most_reads; ++reads) {
      const std::size_t count = plain->read(buffer);
      require(count <= buffer.size(), "no more than asked for");
      if (count == 0) break;
      total += count;
    }
  } catch (const Error&) {
  }
}
