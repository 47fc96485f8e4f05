// libFuzzer's entry; with OCI_FUZZ_REPLAY a program that runs the target once over each file of the folders named.
#include "tests/fuzz/fuzz.h"

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    oci::fuzz::target(std::string_view(reinterpret_cast<const char*>(data), size));
  } catch (const oci::Error&) {
    // refusing is right
  }
  return 0;
}

#ifdef OCI_FUZZ_REPLAY
int main(int argc, char** argv) {
  std::size_t count = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string input{std::istreambuf_iterator<char>(file), {}};
      LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
      ++count;
    }
  }
  std::printf("%zu inputs\n", count);
  return count == 0 ? 1 : 0;
}
#endif
