#include "spec/build_time.h"

#include "base/error.h"

#include <cstdlib>
#include <gtest/gtest.h>

namespace oci::spec {
namespace {

TEST(BuildTime, IsWhatTheEnvironmentSays) {
  ::setenv("SOURCE_DATE_EPOCH", "1700000000", 1);
  EXPECT_TRUE(build_time().fixed);
  EXPECT_EQ(timestamp(build_time()), "2023-11-14T22:13:20Z");
  for (const char* wrong : {"x", "1.5", "99999999999999999999", "999999999999999"}) {
    ::setenv("SOURCE_DATE_EPOCH", wrong, 1);
    EXPECT_THROW(build_time(), Error) << wrong;
  }
  ::setenv("SOURCE_DATE_EPOCH", "", 1);
  EXPECT_FALSE(build_time().fixed);
  ::unsetenv("SOURCE_DATE_EPOCH");
  EXPECT_FALSE(build_time().fixed);
}

TEST(BuildTime, HasAFractionWhereThereIsOne) {
  EXPECT_EQ(timestamp({0, 120'000'000, false}), "1970-01-01T00:00:00.12Z");
  EXPECT_EQ(timestamp({-1, 0, false}), "1969-12-31T23:59:59Z");
}

TEST(Timestamp, TakesRfc3339) {
  EXPECT_EQ(parse_timestamp("-t", "2020-01-02T03:04:05Z"), "2020-01-02T03:04:05Z");
  EXPECT_EQ(parse_timestamp("-t", "2020-01-02T03:04:05.1200Z"), "2020-01-02T03:04:05.12Z");
  EXPECT_EQ(parse_timestamp("-t", "2020-01-02T03:04:05.0+00:00"), "2020-01-02T03:04:05Z");
  EXPECT_EQ(parse_timestamp("-t", "2020-02-29T23:59:59-11:30"), "2020-02-29T23:59:59-11:30");
}

TEST(Timestamp, RefusesAllElse) {
  for (const char* wrong :
       {"", "now", "2020-01-02", "2020-01-02T03:04:05", "2020-01-02 03:04:05Z", "2020-13-02T03:04:05Z",
        "2021-02-29T03:04:05Z", "2020-01-00T03:04:05Z", "2020-01-02T24:04:05Z", "2020-01-02T03:04:05.Z",
        "2020-01-02T03:04:05Zx", "2020-01-02T03:04:05+1:00", "2020-01-02T03:04:05+24:00", "x020-01-02T03:04:05Z"})
    EXPECT_THROW(parse_timestamp("-t", wrong), Error) << wrong;
}

} // namespace
} // namespace oci::spec
