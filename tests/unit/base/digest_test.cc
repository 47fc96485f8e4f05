#include "base/digest.h"
#include "base/hash.h"

#include <gtest/gtest.h>

namespace oci {
namespace {

const std::string hex64 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(Digest, ParsesWhatIsOne) {
  Digest digest = Digest::parse("sha256:" + hex64).value();
  EXPECT_EQ(digest.algorithm(), "sha256");
  EXPECT_EQ(digest.hex(), hex64);
  EXPECT_EQ(digest.path(), "sha256/" + hex64);
  EXPECT_EQ(digest.short_hex(), "e3b0c44298fc");
  EXPECT_EQ(Digest::parse("sha512:" + hex64 + hex64)->text(), "sha512:" + hex64 + hex64);
}

TEST(Digest, RefusesEverythingElse) {
  std::string upper = hex64;
  upper[0] = 'E';
  for (const std::string& bad : {std::string(), std::string(":"), std::string(hex64), "sha256:" + hex64 + "0",
                                 "sha256:" + hex64.substr(1), "sha256:" + upper, "sha512:" + hex64,
                                 std::string("md5:d41d8cd98f00b204e9800998ecf8427e"), "sha256:../" + hex64.substr(3),
                                 "SHA256:" + hex64, "sha256:" + hex64.substr(1) + '\0', "sha256:sha256:" + hex64}) {
    EXPECT_FALSE(Digest::parse(bad)) << bad;
  }
}

TEST(Digest, EmptyEqualsNoRealOne) {
  EXPECT_TRUE(Digest().empty());
  EXPECT_NE(Digest(), *Digest::parse("sha256:" + hex64));
  EXPECT_EQ(Digest().hex(), "");
  EXPECT_EQ(Digest().algorithm(), "");
  EXPECT_EQ(Digest().path(), "");
}

TEST(Hash, KnownAnswers) {
  EXPECT_EQ(digest_of("").text(), "sha256:" + hex64);
  EXPECT_EQ(digest_of("abc").hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(digest_of("abc", "sha512").hex(), "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                                              "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST(Hash, PartsMakeTheWhole) {
  Hasher hasher;
  hasher.update(as_bytes("a"));
  hasher.update({});
  Hasher moved = std::move(hasher);
  moved.update(as_bytes("bc"));
  EXPECT_EQ(moved.finish(), digest_of("abc"));
}

TEST(Hash, RefusesOtherAlgorithms) { EXPECT_THROW(Hasher("md5"), Error); }

} // namespace
} // namespace oci
