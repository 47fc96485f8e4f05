#include "unpack/path_index.h"

#include "base/files.h"
#include "base/sys.h"

#include <gtest/gtest.h>

using namespace oci;
using namespace oci::unpack;

namespace {

class PathIndexTest : public testing::Test {
protected:
  Fd parent_ = *sys::open(big_temp_folder(), O_RDONLY | O_DIRECTORY);
  TempDir folder_{parent_.get(), "path-index-test-"};
  PathIndex index_{folder_.fd()};
};

TEST_F(PathIndexTest, HasWhatWasPut) {
  EXPECT_EQ(index_.find(1), "");
  index_.put(7, "a/b");
  index_.put(2, "c");
  EXPECT_EQ(index_.find(7), "a/b");
  EXPECT_EQ(index_.find(2), "c");
  EXPECT_EQ(index_.find(1), "");
  EXPECT_EQ(index_.find(8), "");
  EXPECT_EQ(index_.size(), 2u);
}

TEST_F(PathIndexTest, KeepsTheFirstInOrder) {
  for (const char* path : {"m", "b", "z", "b/a"}) index_.put(3, path);
  EXPECT_EQ(index_.find(3), "b");
  EXPECT_EQ(index_.size(), 1u);
}

TEST_F(PathIndexTest, HoldsMoreThanItBuffers) {
  const std::string tail(4000, 'x');
  for (std::uint64_t i = 1; i <= 200; ++i) index_.put(i * 3, std::to_string(i) + tail);
  for (std::uint64_t i = 1; i <= 200; ++i) EXPECT_EQ(index_.find(i * 3), std::to_string(i) + tail);
}

TEST_F(PathIndexTest, LeavesNoName) {
  index_.put(1, "a");
  EXPECT_EQ(sys::fstatat(folder_.fd(), "paths").error(), ENOENT);
  EXPECT_EQ(sys::fstatat(folder_.fd(), "offsets").error(), ENOENT);
}

} // namespace
