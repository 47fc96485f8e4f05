#include "unpack/tar_writer.h"

#include "base/error.h"
#include "tar_building.h"
#include "unpack/tar_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oci::unpack {
namespace {

class TextSink final : public Sink {
public:
  void write(Bytes bytes) override { text += as_text(bytes); }
  std::string text;
};

std::string tar_of(const Member& member, const std::string& content = {}) {
  TextSink sink;
  TarWriter writer(sink);
  writer.begin(member);
  writer.write(as_bytes(content));
  writer.end();
  writer.finish();
  return sink.text;
}

// What was written, read again.
Member again(const Member& member) {
  testing::TextChunks chunks(tar_of(member));
  TarReader reader(chunks, {});
  Member read, none;
  EXPECT_TRUE(reader.next(read));
  EXPECT_FALSE(reader.next(none));
  return read;
}

Member named(std::string name, Kind kind = Kind::file) {
  Member member;
  member.name = std::move(name);
  member.kind = kind;
  member.mode = 0644;
  return member;
}

const std::string folder(90, 'd'), leaf(90, 'f'), divisible = folder + "/" + leaf;

TEST(TarWriter, OneBlockForWhatUstarHolds) {
  const Member member = named(divisible);
  const std::string tar = tar_of(member);
  EXPECT_EQ(tar.size(), 3 * tar_block);
  EXPECT_EQ(tar.substr(0, leaf.size()), leaf);
  EXPECT_EQ(tar.substr(345, folder.size()), folder);
  EXPECT_EQ(again(member).name, divisible);
}

// The long name must not be cut when something else of the member is what needs the extended header.
TEST(TarWriter, LongNameBesideOtherRecords) {
  Member with_xattr = named(divisible);
  with_xattr.xattrs = {{"user.a", "1"}};
  EXPECT_EQ(again(with_xattr).name, divisible);
  Member with_owner = named(divisible);
  with_owner.uid = 3'000'000'000;
  EXPECT_EQ(again(with_owner).name, divisible);
  EXPECT_EQ(again(with_owner).uid, 3'000'000'000);
  Member with_target = named(divisible, Kind::hard_link);
  with_target.target = divisible + "2";
  EXPECT_EQ(again(with_target).name, divisible);
  EXPECT_EQ(again(with_target).target, divisible + "2");
}

TEST(TarWriter, EveryNameComesBack) {
  const std::vector<std::string> names = {
      "\xc3\xa9",           "new\nline", "a b=c", std::string(255, 'x'), folder + "/", leaf + leaf + "/" + leaf,
      divisible + divisible};
  for (const std::string& name : names)
    EXPECT_EQ(again(named(name, name.ends_with('/') ? Kind::folder : Kind::file)).name, name);
}

TEST(TarWriter, EveryFieldComesBack) {
  Member member = named("d/x", Kind::char_device);
  member.mode = 07777;
  member.uid = 2'097'152; // one more than seven octal digits
  member.gid = 2'097'151;
  member.mtime.tv_sec = -5;
  member.major = 259;
  member.minor = 1'048'575;
  member.xattrs = {{"security.capability", std::string("\0\n=\xff", 4)}, {"user.b", "2"}};
  const Member read = again(member);
  EXPECT_EQ(read.kind, Kind::char_device);
  EXPECT_EQ(read.mode, 07777u);
  EXPECT_EQ(read.uid, 2'097'152u);
  EXPECT_EQ(read.gid, 2'097'151u);
  EXPECT_EQ(read.mtime.tv_sec, -5);
  EXPECT_EQ(read.major, 259u);
  EXPECT_EQ(read.minor, 1'048'575u);
  ASSERT_EQ(read.xattrs.size(), 2u);
  EXPECT_EQ(read.xattrs[0].value, std::string("\0\n=\xff", 4));
}

TEST(TarWriter, ExtendedHeadersAreNamedAsGoDoes) {
  EXPECT_EQ(tar_of(named("d/\xc3\xa9")).substr(0, 16), std::string("d/PaxHeaders.0\0\0", 16));
  Member folder_member = named("d/sub/", Kind::folder);
  folder_member.mtime.tv_sec = -1;
  EXPECT_EQ(tar_of(folder_member).substr(0, 19), std::string("d/sub/PaxHeaders.0\0", 19));
}

TEST(TarWriter, ContentMustBeAsLongAsAnnounced) {
  Member member = named("f");
  member.size = 3;
  EXPECT_EQ(tar_of(member, "abc").size(), 4 * tar_block);
  EXPECT_THROW(tar_of(member, "ab"), Error);
  EXPECT_THROW(tar_of(member, "abcd"), Error);
}

TEST(TarWriter, RefusesWhatNoTarHolds) {
  EXPECT_THROW(tar_of(named(std::string("a\0b", 3))), Error);
  Member device = named("d", Kind::block_device);
  device.major = 07777777 + 1;
  EXPECT_THROW(tar_of(device), Error);
}

} // namespace
} // namespace oci::unpack
