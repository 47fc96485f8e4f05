#include "unpack/tar_reader.h"

#include "tar_building.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oci::unpack {
namespace {

using namespace testing;
using ::testing::HasSubstr;

const std::string end(2 * tar_block, '\0');

struct Read {
  Member member;
  std::string content; // holes as '.'
};

std::vector<Read> read_all_members(const std::string& tar, std::size_t step = 700, Limits limits = {}) {
  TextChunks chunks(tar, step);
  TarReader reader(chunks, limits);
  std::vector<Read> all;
  for (Member member; reader.next(member);) {
    Read read{member, {}};
    while (std::optional<TarReader::Data> data = reader.read_data()) {
      read.content.resize(data->offset, '.');
      read.content += as_text(data->piece.bytes);
    }
    read.content.resize(std::min<std::uint64_t>(read.member.size, 1 << 20), '.');
    all.push_back(std::move(read));
  }
  return all;
}

Read read_one(const std::string& tar) {
  std::vector<Read> all = read_all_members(tar);
  EXPECT_EQ(all.size(), 1u);
  return all.at(0);
}

std::string problem(const std::string& tar, Limits limits = {}) {
  try {
    read_all_members(tar, 700, limits);
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

TEST(TarReader, ReadsTheSameInWhateverPiecesItComes) {
  std::string tar = member({.name = "a"}, std::string(3000, 'x')) + member({.name = "b"}, "") +
                    pax(pax_record("path", "c")) + member({.name = "no"}, "content") + end;
  for (std::size_t step : {1u, 7u, 511u, 512u, 513u, 100000u}) {
    std::vector<Read> all = read_all_members(tar, step);
    ASSERT_EQ(all.size(), 3u);
    EXPECT_EQ(all[0].content, std::string(3000, 'x'));
    EXPECT_EQ(all[1].member.name, "b");
    EXPECT_EQ(all[2].member.name, "c");
    EXPECT_EQ(all[2].content, "content");
  }
}

TEST(TarReader, KnowsTheKinds) {
  auto kind = [](char type, const char* name = "f") {
    return read_one(header({.name = name, .type = type, .link = "l"}) + end).member.kind;
  };
  EXPECT_EQ(kind('0'), Kind::file);
  EXPECT_EQ(kind('\0'), Kind::file);
  EXPECT_EQ(kind('\0', "d/"), Kind::folder);
  EXPECT_EQ(kind('7'), Kind::file);
  EXPECT_EQ(kind('1'), Kind::hard_link);
  EXPECT_EQ(kind('2'), Kind::symlink);
  EXPECT_EQ(kind('5'), Kind::folder);
  EXPECT_EQ(kind('6'), Kind::fifo);
  EXPECT_THAT(problem(header({.type = 'Z'}) + end), HasSubstr("unknown type 'Z'"));
  EXPECT_THAT(problem(header({.type = 'V'}) + end), HasSubstr("unknown type"));
}

TEST(TarReader, TakesNoContentForWhatHasNone) {
  std::vector<Read> all = read_all_members(header({.type = '5', .size = octal(512)}) + header({.name = "next"}) + end);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[1].member.name, "next");
}

TEST(TarReader, ReadsNumbersInOctalAndBase256) {
  EXPECT_EQ(read_one(header({.mtime = " 17 "}) + end).member.mtime.tv_sec, 15);
  EXPECT_EQ(read_one(header({.mtime = ""}) + end).member.mtime.tv_sec, 0);
  EXPECT_EQ(read_one(header({.mtime = std::string(12, '\xff')}) + end).member.mtime.tv_sec, -1);
  std::string big("\x80\0\0\0\0\0\0\1\0\0\0\0", 12);
  EXPECT_EQ(read_one(header({.mtime = big}) + end).member.mtime.tv_sec, 1LL << 32);
  EXPECT_EQ(read_one(header({.uid = std::string("\x80\0\0\0\1\0\0\0", 8)}) + end).member.uid, 1u << 24);
}

TEST(TarReader, RefusesNumbersOutOfRange) {
  EXPECT_THAT(problem(header({.size = std::string(12, '\xff')}) + end), HasSubstr("size"));
  EXPECT_THAT(problem(header({.size = "\xbf" + std::string(11, '\xff')}) + end), HasSubstr("size"));
  EXPECT_THAT(problem(header({.size = "12x"}) + end), HasSubstr("size"));
  EXPECT_THAT(problem(header({.size = "8"}) + end), HasSubstr("size"));
  EXPECT_THAT(problem(header({.uid = std::string("\x80\0\0\1\0\0\0\0", 8)}) + end), HasSubstr("uid"));
  EXPECT_THAT(problem(header({.gid = std::string(8, '\xff')}) + end), HasSubstr("gid"));
  EXPECT_THAT(problem(header({.type = '3', .device_major = "0010000"}) + end), HasSubstr("major"));
  EXPECT_THAT(problem(header({.type = '4', .device_minor = "4000000"}) + end), HasSubstr("minor"));
}

TEST(TarReader, PaxWinsOverTheHeader) {
  std::string records = pax_record("path", "p") + pax_record("linkpath", "l") + pax_record("uid", "70000") +
                        pax_record("mtime", "-1.25") + pax_record("atime", "5.000000001999") + pax_record("gid", "") +
                        pax_record("SCHILY.xattr.user.a=b", "v") + pax_record("comment", std::string("\0x", 2));
  Member member =
      read_one(pax(records) + header({.name = "n", .type = '2', .link = "x", .gid = "0000007"}) + end).member;
  EXPECT_EQ(member.name, "p");
  EXPECT_EQ(member.target, "l");
  EXPECT_EQ(member.uid, 70000u);
  EXPECT_EQ(member.gid, 7u);
  EXPECT_EQ(member.mtime.tv_sec, -2);
  EXPECT_EQ(member.mtime.tv_nsec, 750000000);
  EXPECT_EQ(member.atime.tv_sec, 5);
  EXPECT_EQ(member.atime.tv_nsec, 1);
  ASSERT_EQ(member.xattrs.size(), 1u);
  EXPECT_EQ(member.xattrs[0].name, "user.a");
  EXPECT_EQ(member.xattrs[0].value, "b=v");
}

// CVE-2025-62518: who believes the header's size sees the member within.
TEST(TarReader, PaxSizeHidesWhatTheHeaderWouldShow) {
  std::string inner = padded(header({.name = "smuggled"}) + std::string(tar_block, 'x'));
  std::string outer = pax(pax_record("size", "1024")) + header({.name = "outer", .size = octal(0)}) + inner + end;
  std::vector<Read> all = read_all_members(outer);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].member.size, 1024u);
}

TEST(TarReader, RefusesMalformedPax) {
  for (std::string records :
       {"", "x", "5 a=b", "6 a=b", "99 a=b\n", "3 \n", "4 a\n", "5 =b\n", "-6 a=b\n", "18446744073709551622 a=b\n"}) {
    if (records.empty()) continue;
    EXPECT_THAT(problem(pax(records) + header({}) + end), HasSubstr("pax")) << records;
  }
  EXPECT_THAT(problem(pax(pax_record("path", std::string("a\0b", 3))) + header({}) + end), HasSubstr("NUL"));
  EXPECT_THAT(problem(pax(pax_record("size", "-1")) + header({}) + end), HasSubstr("size"));
  EXPECT_THAT(problem(pax(pax_record("mtime", "now")) + header({}) + end), HasSubstr("mtime"));
  EXPECT_THAT(problem(pax(pax_record("path", "a")) + end), HasSubstr("ends after"));
  EXPECT_THAT(problem(pax(pax_record("path", "a"), 'g') + header({}) + end), HasSubstr("global"));
  EXPECT_EQ(problem(pax(pax_record("comment", "a"), 'g') + header({}) + end), "");
}

TEST(TarReader, LimitsExtendedHeaders) {
  Limits limits;
  limits.pax_record_bytes = 1000;
  EXPECT_THAT(problem(pax(pax_record("comment", std::string(1000, 'x'))) + header({}) + end, limits),
              HasSubstr("at most 1000"));
  EXPECT_THAT(problem(header({.type = 'L', .size = "77777777777"}) + end, limits), HasSubstr("long name"));
}

TEST(TarReader, ReadsGnuLongNames) {
  const std::string gnu = std::string("ustar  \0", 8), name(300, 'n'), link(300, 'l');
  std::string tar = member({.name = "././@LongLink", .type = 'K', .magic = gnu}, link + '\0') +
                    member({.name = "././@LongLink", .type = 'L', .magic = gnu}, name + '\0') +
                    header({.type = '2', .magic = gnu}) + header({.name = "after", .magic = gnu}) + end;
  std::vector<Read> all = read_all_members(tar);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].member.name, name);
  EXPECT_EQ(all[0].member.target, link);
  EXPECT_EQ(all[1].member.name, "after");
}

TEST(TarReader, ReadsSparseFiles) {
  auto sparse = [](const std::string& records, const std::string& content) {
    return pax(records) + member({}, content) + end;
  };
  Read map = read_one(sparse(pax_record("GNU.sparse.size", "10") + pax_record("GNU.sparse.map", "2,3,7,1"), "abcd"));
  EXPECT_EQ(map.content, "..abc..d..");
  Read pairs = read_one(sparse(pax_record("GNU.sparse.size", "6") + pax_record("GNU.sparse.numblocks", "1") +
                                   pax_record("GNU.sparse.offset", "4") + pax_record("GNU.sparse.numbytes", "2"),
                               "xy"));
  EXPECT_EQ(pairs.content, "....xy");
  std::string form_1 = pax_record("GNU.sparse.major", "1") + pax_record("GNU.sparse.minor", "0") +
                       pax_record("GNU.sparse.name", "real") + pax_record("GNU.sparse.realsize", "8");
  Read in_content = read_one(sparse(form_1, padded("2\n1\n2\n6\n1\n") + "abc"));
  EXPECT_EQ(in_content.member.name, "real");
  EXPECT_EQ(in_content.content, ".ab...c.");
}

TEST(TarReader, RefusesSparseMapsThatDoNotFit) {
  for (const char* map : {"0,5", "2,3,4,1", "8,4", "0,4,2", "9223372036854775807,4", "0,0"}) {
    std::string records = pax_record("GNU.sparse.size", "10") + pax_record("GNU.sparse.map", map);
    EXPECT_THAT(problem(pax(records) + member({}, "abcd") + end), HasSubstr("sparse")) << map;
  }
}

TEST(TarReader, EndsAtTwoZeroBlocksOrTheStreamsEnd) {
  EXPECT_EQ(read_all_members("").size(), 0u);
  EXPECT_EQ(read_all_members(end + "anything").size(), 0u);
  EXPECT_EQ(read_all_members(header({})).size(), 1u);
  EXPECT_EQ(read_all_members(header({}) + std::string(tar_block, '\0')).size(), 1u);
  EXPECT_THAT(problem(std::string(tar_block, '\0') + header({})), HasSubstr("single zero block"));
  EXPECT_THAT(problem(header({}).substr(0, 100)), HasSubstr("unexpected end"));
  EXPECT_THAT(problem(member({}, std::string(600, 'x')).substr(0, 700)), HasSubstr("unexpected end"));
  EXPECT_THAT(problem(std::string(tar_block, 'x')), HasSubstr("checksum"));
}

} // namespace
} // namespace oci::unpack
