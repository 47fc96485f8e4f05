#include "unpack/names.h"

#include "base/error.h"

#include <gtest/gtest.h>

namespace oci::unpack {
namespace {

TEST(Names, AreCleanedLexicallyAndStayBelowTheRoot) {
  EXPECT_EQ(clean_name("a/b"), "a/b");
  EXPECT_EQ(clean_name("./a//b/./c/"), "a/b/c");
  EXPECT_EQ(clean_name("/a/../b/../../c"), "c");
  EXPECT_EQ(clean_name("../../x"), "x");
  EXPECT_EQ(clean_name("a/.."), "");
  EXPECT_EQ(clean_name("./"), "");
  EXPECT_EQ(clean_name(""), "");
  EXPECT_EQ(clean_name("..."), "...");
  EXPECT_EQ(clean_name("a/..b"), "a/..b");
  EXPECT_EQ(clean_name("\xff\xfe/\n"), "\xff\xfe/\n");
}

TEST(Names, AreSplitAndJoined) {
  EXPECT_EQ(split_name("a/b/c").folder, "a/b");
  EXPECT_EQ(split_name("a/b/c").leaf, "c");
  EXPECT_EQ(split_name("c").folder, "");
  EXPECT_EQ(split_name("").leaf, "");
  EXPECT_EQ(join_name("", "a"), "a");
  EXPECT_EQ(join_name("a/b", "c"), "a/b/c");
  EXPECT_EQ(depth_of(""), 0u);
  EXPECT_EQ(depth_of("a"), 1u);
  EXPECT_EQ(depth_of("a/b/c"), 3u);
}

TEST(Whiteouts, NameTheirVictims) {
  EXPECT_EQ(whiteout_of("a").kind, Whiteout::none);
  EXPECT_EQ(whiteout_of(".wha").kind, Whiteout::none);
  EXPECT_EQ(whiteout_of("x.wh.a").kind, Whiteout::none);
  EXPECT_EQ(whiteout_of(".wh.a").kind, Whiteout::one);
  EXPECT_EQ(whiteout_of(".wh.a").victim, "a");
  EXPECT_EQ(whiteout_of(".wh..hidden").victim, ".hidden");
  EXPECT_EQ(whiteout_of(".wh....").victim, "...");
  EXPECT_EQ(whiteout_of(".wh..wh..opq").kind, Whiteout::opaque);
  EXPECT_EQ(whiteout_of(".wh..wh.plnk").victim, ".wh.plnk");
}

TEST(Whiteouts, ThatNameNothingAreRefused) {
  for (const char* leaf : {".wh.", ".wh..", ".wh..."}) EXPECT_THROW(whiteout_of(leaf), Error) << leaf;
}

TEST(Whiteouts, HoldNothing) {
  EXPECT_TRUE(is_beneath_whiteout(".wh.a"));
  EXPECT_TRUE(is_beneath_whiteout("a/.wh.b/c"));
  EXPECT_FALSE(is_beneath_whiteout("a/b.wh.c"));
  EXPECT_FALSE(is_beneath_whiteout(""));
}

} // namespace
} // namespace oci::unpack
