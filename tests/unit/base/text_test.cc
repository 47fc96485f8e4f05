#include "base/text.h"

#include <gtest/gtest.h>

namespace oci {
namespace {

using Parts = std::vector<std::string>;

TEST(Text, CatJoinsStringsCharactersAndIntegers) {
  EXPECT_EQ(cat("fd ", 7, '/', std::string("x"), -1L, std::uint64_t{18446744073709551615u}),
            "fd 7/x-118446744073709551615");
  EXPECT_EQ(cat(), "");
}

TEST(Text, SplitKeepsEmptyParts) {
  EXPECT_EQ(split("a,b", ','), (Parts{"a", "b"}));
  EXPECT_EQ(split(",a,,", ','), (Parts{"", "a", "", ""}));
  EXPECT_EQ(split("", ','), (Parts{""}));
}

TEST(Text, JoinAndTrim) {
  EXPECT_EQ(join({"a", "b", "c"}, ", "), "a, b, c");
  EXPECT_EQ(join({}, ", "), "");
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim(" \n"), "");
}

TEST(Text, CaseIsAsciiOnly) {
  EXPECT_EQ(to_lower("AbZ[É"), "abz[É");
  EXPECT_TRUE(equal_ignoring_case("Bearer", "bEARER"));
  EXPECT_FALSE(equal_ignoring_case("Bearer", "Bearers"));
}

TEST(Text, ParseUnsignedTakesTheWholeTextOrNothing) {
  EXPECT_EQ(parse_unsigned("0"), 0u);
  EXPECT_EQ(parse_unsigned("18446744073709551615"), 18446744073709551615u);
  EXPECT_EQ(parse_unsigned("0755", 8), 0755u);
  for (const char* bad : {"", "18446744073709551616", "-1", "+1", " 1", "1 ", "0x10", "1.0"}) {
    EXPECT_EQ(parse_unsigned(bad), std::nullopt) << bad;
  }
}

TEST(Text, ParseSigned) {
  EXPECT_EQ(parse_signed("-9223372036854775808"), INT64_MIN);
  EXPECT_EQ(parse_signed("9223372036854775807"), INT64_MAX);
  for (const char* bad : {"", "-", "9223372036854775808", "+1", "1x"})
    EXPECT_EQ(parse_signed(bad), std::nullopt) << bad;
}

TEST(Text, PrintableEscapesWhatATerminalWouldObey) {
  EXPECT_EQ(printable("plain ü 漢"), "plain ü 漢");
  EXPECT_EQ(printable("\x1b[2J\r\n\x7f"), "\\x1b[2J\\x0d\\x0a\\x7f");
  EXPECT_EQ(printable("\xC2\x9B"), "\\xc2\\x9b");
  EXPECT_EQ(printable("\u202Eevil\u2066"), "\\xe2\\x80\\xaeevil\\xe2\\x81\\xa6");
  EXPECT_EQ(printable("a\xFFz"), "a\uFFFDz");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\x00b");
}

TEST(Text, PrintableCutsAtCharacters) {
  EXPECT_EQ(printable("12345678", 8), "12345678");
  EXPECT_EQ(printable("123456789", 8), "12345…");
  EXPECT_EQ(printable("1234ü6789", 8), "1234…");
  EXPECT_LE(printable(std::string(100'000, '\n'), 64).size(), 64u);
}

TEST(Text, Utf8FollowsTheStandard) {
  EXPECT_TRUE(is_valid_utf8(""));
  EXPECT_TRUE(is_valid_utf8("a\u00e9\u20ac\U0001F600\U0010FFFF"));
  for (const char* bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                          "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82", "a\xFF"}) {
    EXPECT_FALSE(is_valid_utf8(bad)) << printable(bad);
  }
  EXPECT_EQ(utf8_length(""), 0u);
  EXPECT_EQ(utf8_length("\U0001F600x"), 4u);
}

TEST(Text, HumanBytes) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(1023), "1023 B");
  EXPECT_EQ(human_bytes(1536), "1.5 KiB");
  EXPECT_EQ(human_bytes(1024 * 1024 - 1), "1.0 MiB");
  EXPECT_EQ(human_bytes(30'513'562), "29.1 MiB");
  EXPECT_EQ(human_bytes(UINT64_MAX), "16.0 EiB");
}

TEST(Text, EditDistanceCountsASwapAsOne) {
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("pull", "plul"), 1u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("same", "same"), 0u);
}

TEST(Text, NearestSuggestsOnlyWhatIsNear) {
  Parts verbs = {"pull", "push", "run", "delete"};
  EXPECT_EQ(nearest("plul", verbs), "pull");
  EXPECT_EQ(nearest("delte", verbs), "delete");
  EXPECT_EQ(nearest("xyzzy", verbs), std::nullopt);
  EXPECT_EQ(nearest("ran", {"ren", "ron"}), "ren");
  EXPECT_EQ(nearest("rm", {"tz", "net"}), std::nullopt) << "half of it is another";
  EXPECT_EQ(nearest("", verbs), std::nullopt);
  EXPECT_EQ(nearest("q", verbs), std::nullopt);
  EXPECT_EQ(nearest(std::string(1 << 20, 'a'), verbs), std::nullopt);
}

TEST(Text, Rfc3339) {
  EXPECT_EQ(rfc3339(0, 0), "1970-01-01T00:00:00.000000000Z");
  EXPECT_EQ(rfc3339(951'827'696, 123), "2000-02-29T12:34:56.000000123Z");
  EXPECT_EQ(rfc3339(4'102'444'799, 999'999'999), "2099-12-31T23:59:59.999999999Z");
  EXPECT_EQ(rfc3339(-1, 0), "1969-12-31T23:59:59.000000000Z");
}

} // namespace
} // namespace oci
