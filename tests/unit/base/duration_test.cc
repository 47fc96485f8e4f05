#include "base/duration.h"

#include <gtest/gtest.h>

namespace oci {
namespace {

using namespace std::chrono_literals;

TEST(Duration, ReadsWhatGoReads) {
  EXPECT_EQ(parse_duration("0"), 0ns);
  EXPECT_EQ(parse_duration("1h30m"), 90min);
  EXPECT_EQ(parse_duration("1.5s"), 1500ms);
  EXPECT_EQ(parse_duration("300ms"), 300ms);
  EXPECT_EQ(parse_duration("7us"), 7us);
  EXPECT_EQ(parse_duration("7µs"), 7us);
  EXPECT_EQ(parse_duration("1.s"), 1s);
  EXPECT_EQ(parse_duration(".25m"), 15s);
  EXPECT_EQ(parse_duration("+5s"), 5s);
  EXPECT_EQ(parse_duration("-1m2s"), -62s);
  EXPECT_EQ(parse_duration("0.1234567891ns"), 0ns);
  EXPECT_EQ(parse_duration("2562047h47m16s"), 2562047h + 47min + 16s);
}

TEST(Duration, RefusesTheRest) {
  for (const char* text : {"", "-", "1", "s", ".s", ".", "1x", "1sm", "1 s", " 1s", "1s ", "--1s", "1.2.3s", "9999999h",
                           "9223372036854775808ns", "99999999999999999999999s", "2562047h48m"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

} // namespace
} // namespace oci
