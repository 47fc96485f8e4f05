#include "fetch/semver.h"

#include "base/error.h"

#include <gtest/gtest.h>

namespace oci::fetch {
namespace {

bool allows(const char* constraint, const char* version) {
  return VersionConstraint::parse(constraint).allows(Version::parse(version).value());
}

TEST(Semver, OrdersByPrecedence) {
  const char* ascending[] = {"1.0.0-alpha",
                             "1.0.0-alpha.1",
                             "1.0.0-alpha.beta",
                             "1.0.0-beta",
                             "1.0.0-beta.2",
                             "1.0.0-beta.11",
                             "1.0.0-rc.1",
                             "v1",
                             "1.0.1+build",
                             "1.2",
                             "2"};
  for (std::size_t i = 1; i < std::size(ascending); ++i)
    EXPECT_LT(compare(*Version::parse(ascending[i - 1]), *Version::parse(ascending[i])), 0) << ascending[i];
  EXPECT_EQ(compare(*Version::parse("v1.2"), *Version::parse("1.2.0+x")), 0);
}

TEST(Semver, TagsThatAreNoVersions) {
  for (const char* text : {"", "latest", "1.2.3.4", "1..2", "1.x", "v", "1.2-", "1.2+", "-1", "1.2.3-a..b"})
    EXPECT_FALSE(Version::parse(text)) << text;
}

TEST(Semver, Constraints) {
  struct Row {
    const char *constraint, *allowed, *refused;
  };
  for (const Row& row :
       {Row{">= 3.12.0", "3.12", "3.11.9"}, {">=1.2,<2", "1.9.9", "2.0.0"}, {">= 1.2 < 2", "1.2.0", "1.1"},
        {"1.2.3", "1.2.3", "1.2.4"},        {"= 1.2", "1.2.9", "1.3.0"},    {"1.x", "1.9.0", "2.0.0"},
        {"!=1.2.x", "1.3.0", "1.2.1"},      {">1.2", "1.3.0", "1.2.9"},     {"<=1.2", "1.2.9", "1.3.0"},
        {"~1.2.3", "1.2.9", "1.3.0"},       {"~1", "1.9.0", "2.0.0"},       {"~> 1.2", "1.2.4", "1.3.0"},
        {"^1.2", "1.9.0", "1.1.0"},         {"^0.2.3", "0.2.9", "0.3.0"},   {"^0.0.3", "0.0.3", "0.0.4"},
        {"^0.0", "0.0.9", "0.1.0"},         {"^0", "0.9.0", "1.0.0"},       {"1.2 - 1.4.5", "1.4.5", "1.4.6"},
        {"^1 || 3.x", "3.1.0", "2.0.0"},    {"*", "7.0.0", "7.0.0-rc1"},    {">=1.0.0-0", "1.1.0-rc1", "0.9.0"}}) {
    EXPECT_TRUE(allows(row.constraint, row.allowed)) << row.constraint << " " << row.allowed;
    EXPECT_FALSE(allows(row.constraint, row.refused)) << row.constraint << " " << row.refused;
  }
}

TEST(Semver, RefusesWhatIsNone) {
  for (const char* text : {"", " ", "||", ">=", "1.2.3.4", "a", "1 ||", "1 - ", ">1 - 2", "1,,2"})
    EXPECT_THROW(VersionConstraint::parse(text), Error) << text;
}

} // namespace
} // namespace oci::fetch
