#include "unpack/layer_record.h"

#include <gtest/gtest.h>

namespace oci::unpack {
namespace {

TEST(LayerRecord, HoldsEntriesAndTheFoldersAboveThem) {
  LayerRecord record(false);
  record.add("a/b/c");
  EXPECT_TRUE(record.holds("a/b/c"));
  EXPECT_TRUE(record.holds("a/b"));
  EXPECT_TRUE(record.holds("a"));
  EXPECT_FALSE(record.holds("a/b/d"));
  EXPECT_FALSE(record.holds("a/b/c/d"));
  EXPECT_FALSE(record.is_new_folder("a"));
}

TEST(LayerRecord, NewFoldersStandForAllInThem) {
  LayerRecord record(false);
  record.add_new_folder("a/new");
  record.add("a/new/file");
  EXPECT_TRUE(record.is_new_folder("a/new"));
  EXPECT_TRUE(record.holds("a"));
  EXPECT_FALSE(record.is_new_folder("a"));
}

TEST(LayerRecord, UponNothingEverythingIsTheLayers) {
  LayerRecord record(true);
  EXPECT_TRUE(record.is_new_folder(""));
  EXPECT_TRUE(record.holds("whatever"));
}

} // namespace
} // namespace oci::unpack
