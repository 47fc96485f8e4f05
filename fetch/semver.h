// Semantic versions of tags ("v1.2.3-rc.1") and constraints on them as Masterminds/semver 3 reads them, which is what
// skopeo-sync(1) takes: ">= 3.12.0", "~1.2", "^2.0 || 1.x", "1.2 - 1.4.5".
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oci::fetch {

struct Version {
  std::array<std::uint64_t, 3> numbers{}; // major, minor, patch; what is not written is 0
  std::string prerelease;
  // nullopt for a text that is no version. A leading v, a lack of minor and patch, and "+build" are allowed.
  static std::optional<Version> parse(std::string_view text);
};

// By precedence: less than, equal to or greater than 0.
int compare(const Version& a, const Version& b);

class VersionConstraint {
public:
  // Throws Error for what is none.
  static VersionConstraint parse(std::string_view text);
  bool allows(const Version& version) const;

private:
  enum class Operator { equal, not_equal, greater, less, at_least, at_most, tilde, caret };
  struct Term {
    Operator op = Operator::equal;
    Version version;
    std::size_t written = 3; // how many of its numbers: the others may be any
    bool allows(const Version& version) const;
    bool same_up_to(const Version& version, std::size_t count) const;
    bool allows_caret(const Version& version) const;
  };
  static Term parse_term(std::string_view text, std::string_view whole);
  static std::vector<Term> parse_all_of(std::string_view text, std::string_view whole);
  std::vector<std::vector<Term>> any_of_; // each: all of
};

} // namespace oci::fetch
