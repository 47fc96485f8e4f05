#include "fetch/challenge.h"

#include <gtest/gtest.h>
#include <random>

namespace oci::fetch {
namespace {

TEST(Challenge, ReadsBearer) {
  auto found = parse_challenges(
      R"(Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push")");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].scheme, "bearer");
  EXPECT_EQ(found[0].params["realm"], "https://auth.docker.io/token");
  EXPECT_EQ(found[0].params["scope"], "repository:a/b:pull,push");
}

TEST(Challenge, ReadsSeveral) {
  auto found = parse_challenges(R"(Negotiate, NTLM abc==, Basic Realm = "a \"b\"" , charset=UTF-8, BEARER realm=x)");
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(found[0].scheme, "negotiate");
  EXPECT_EQ(found[1].scheme, "ntlm");
  EXPECT_EQ(found[2].scheme, "basic");
  EXPECT_EQ(found[2].params["realm"], "a \"b\"");
  EXPECT_EQ(found[2].params["charset"], "UTF-8");
  EXPECT_EQ(found[3].scheme, "bearer");
  EXPECT_EQ(found[3].params["realm"], "x");
}

TEST(Challenge, TheFirstOfANameWins) {
  auto found = parse_challenges(R"(Bearer realm="https://good",realm="https://evil")");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].params["realm"], "https://good");
}

TEST(Challenge, SurvivesRubbish) {
  for (std::string_view text : {"", ",", ",,,", "=", "\"", "Bearer", "Bearer =", "Bearer realm", "Bearer realm=",
                                "Bearer realm=\"x", "Bearer realm=\"x\\", "a=b", "Basic \x01\xff", "; ; ;"}) {
    parse_challenges(text);
  }
  std::mt19937 random(1);
  constexpr std::string_view letters = "ab=,\" \\\t;B/";
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (std::size_t i = random() % 24; i > 0; --i) text += letters[random() % letters.size()];
    parse_challenges(text);
  }
}

} // namespace
} // namespace oci::fetch
