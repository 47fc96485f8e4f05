#include "fetch/retry.h"

#include <gtest/gtest.h>

namespace oci::fetch {
namespace {

using namespace std::chrono_literals;

TEST(Retry, OnlyWhatMayPass) {
  for (int status : {429, 502, 503, 504}) EXPECT_TRUE(may_pass(status)) << status;
  for (int status : {200, 301, 400, 401, 403, 404, 500, 501, 505}) EXPECT_FALSE(may_pass(status)) << status;
}

TEST(Retry, WaitsLongerEachTimeUpToAMinute) {
  for (unsigned failures = 1; failures < 40; ++failures) {
    auto wait = wait_before_retry(failures, std::nullopt);
    ASSERT_TRUE(wait);
    auto expected = std::min<std::chrono::milliseconds>(500ms * (1u << std::min(failures - 1, 7u)), 60s);
    EXPECT_GE(*wait, expected);
    EXPECT_LE(*wait, std::min<std::chrono::milliseconds>(expected + expected / 10, 60s));
  }
}

TEST(Retry, ListensToTheServer) {
  EXPECT_EQ(wait_before_retry(1, 30s), 30s);
  EXPECT_GE(*wait_before_retry(1, 0s), 500ms);
  EXPECT_FALSE(wait_before_retry(1, 61s));
}

} // namespace
} // namespace oci::fetch
