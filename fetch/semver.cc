#include "fetch/semver.h"

#include "base/error.h"

#include <algorithm>

namespace oci::fetch {
namespace {

constexpr std::string_view blanks = " \t";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_identifier(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  });
}

bool are_identifiers(std::string_view text) {
  const std::vector<std::string> parts = split(text, '.');
  return std::all_of(parts.begin(), parts.end(), [](const auto& part) { return is_identifier(part); });
}

// "-rc.1" and "+build" taken off the end; nullopt when they are none.
std::optional<std::string> take_suffixes(std::string_view& text) {
  if (const std::size_t plus = text.find('+'); plus != std::string_view::npos) {
    if (!are_identifiers(text.substr(plus + 1))) return std::nullopt;
    text = text.substr(0, plus);
  }
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return "";
  const std::string_view prerelease = text.substr(dash + 1);
  if (!are_identifiers(prerelease)) return std::nullopt;
  text = text.substr(0, dash);
  return std::string(prerelease);
}

int order(std::uint64_t a, std::uint64_t b) { return a < b ? -1 : a > b ? 1 : 0; }

// Numbers by value and before words, words by their bytes.
int compare_identifiers(const std::string& a, const std::string& b) {
  const auto number_a = parse_unsigned(a), number_b = parse_unsigned(b);
  if (number_a && number_b) return order(*number_a, *number_b);
  if (number_a.has_value() != number_b.has_value()) return number_a ? -1 : 1;
  return a.compare(b);
}

int compare_prereleases(const std::string& a, const std::string& b) {
  if (a.empty() || b.empty()) return static_cast<int>(a.empty()) - static_cast<int>(b.empty());
  const std::vector<std::string> left = split(a, '.'), right = split(b, '.');
  for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i)
    if (const int result = compare_identifiers(left[i], right[i]); result != 0) return result;
  return order(left.size(), right.size());
}

struct Numbers {
  std::array<std::uint64_t, 3> values{};
  std::size_t written = 0; // before the end or a wildcard
};

std::optional<Numbers> parse_numbers(std::string_view text, bool wildcards) {
  const std::vector<std::string> parts = split(text, '.');
  if (parts.size() > 3) return std::nullopt;
  Numbers numbers;
  bool any = false;
  for (const std::string& part : parts) {
    const bool wild = wildcards && (part == "x" || part == "X" || part == "*");
    const auto value = wild ? std::optional<std::uint64_t>(0) : parse_unsigned(part);
    if (!value) return std::nullopt;
    any = any || wild;
    if (!any) numbers.values[numbers.written++] = *value;
  }
  return numbers;
}

void skip_blanks(std::string_view& text) { text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size())); }

[[noreturn]] void fail_constraint(std::string_view whole) {
  fail("not a constraint on versions: ", printable(whole, 120));
}

} // namespace

std::optional<Version> Version::parse(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  const auto prerelease = take_suffixes(text);
  const auto numbers = prerelease ? parse_numbers(text, false) : std::nullopt;
  if (!numbers) return std::nullopt;
  return Version{numbers->values, *prerelease};
}

int compare(const Version& a, const Version& b) {
  for (std::size_t i = 0; i < a.numbers.size(); ++i)
    if (const int result = order(a.numbers[i], b.numbers[i]); result != 0) return result;
  return compare_prereleases(a.prerelease, b.prerelease);
}

bool VersionConstraint::Term::same_up_to(const Version& other, std::size_t count) const {
  return std::equal(version.numbers.begin(), version.numbers.begin() + static_cast<std::ptrdiff_t>(count),
                    other.numbers.begin());
}

// Up to the first number that is not 0 nothing may change.
bool VersionConstraint::Term::allows_caret(const Version& other) const {
  if (compare(other, version) < 0) return false;
  std::size_t count = 1;
  while (count < written && version.numbers[count - 1] == 0) ++count;
  return same_up_to(other, std::min(count, written));
}

bool VersionConstraint::Term::allows(const Version& other) const {
  if (!other.prerelease.empty() && version.prerelease.empty()) return false;
  const int order = compare(other, version);
  switch (op) {
  case Operator::equal:
    return written == 3 ? order == 0 : same_up_to(other, written);
  case Operator::not_equal:
    return written == 3 ? order != 0 : !same_up_to(other, written);
  case Operator::greater:
    return order > 0 && (written == 3 || !same_up_to(other, written));
  case Operator::less:
    return order < 0;
  case Operator::at_least:
    return order >= 0;
  case Operator::at_most:
    return order <= 0 || (written < 3 && same_up_to(other, written));
  case Operator::tilde:
    return order >= 0 && same_up_to(other, std::min<std::size_t>(written, 2));
  case Operator::caret:
    break;
  }
  return allows_caret(other);
}

VersionConstraint::Term VersionConstraint::parse_term(std::string_view text, std::string_view whole) {
  static constexpr std::pair<std::string_view, Operator> operators[] = {
      {">=", Operator::at_least},  {"=>", Operator::at_least}, {"<=", Operator::at_most}, {"=<", Operator::at_most},
      {"!=", Operator::not_equal}, {"~>", Operator::tilde},    {"=", Operator::equal},    {">", Operator::greater},
      {"<", Operator::less},       {"~", Operator::tilde},     {"^", Operator::caret}};
  Term term;
  for (const auto& [sign, op] : operators) {
    if (!text.starts_with(sign)) continue;
    term.op = op;
    text.remove_prefix(sign.size());
    break;
  }
  skip_blanks(text);
  if (text.starts_with('v')) text.remove_prefix(1);
  const auto prerelease = take_suffixes(text);
  const auto numbers = prerelease ? parse_numbers(text, true) : std::nullopt;
  if (!numbers) fail_constraint(whole);
  term.version = {numbers->values, *prerelease};
  term.written = numbers->written;
  return term;
}

// ">= 1.2, < 2" or "1.2 - 1.4": terms apart by commas or blanks, an operator perhaps apart from its version.
std::vector<VersionConstraint::Term> VersionConstraint::parse_all_of(std::string_view text, std::string_view whole) {
  std::vector<Term> terms;
  bool upper_end = false;
  skip_blanks(text);
  while (!text.empty()) {
    const std::size_t version = std::min(text.find_first_not_of("=<>!~^ \t"), text.size());
    const std::size_t end = std::min(text.find_first_of(" \t,", version), text.size());
    Term term = parse_term(text.substr(0, end), whole);
    if (upper_end) term.op = Operator::at_most;
    upper_end = false;
    text.remove_prefix(end);
    skip_blanks(text);
    if (text.starts_with("- ")) {
      if (term.op != Operator::equal) fail_constraint(whole);
      term.op = Operator::at_least;
      upper_end = true;
      text.remove_prefix(2);
    } else if (text.starts_with(',')) {
      text.remove_prefix(1);
    }
    skip_blanks(text);
    terms.push_back(std::move(term));
  }
  if (terms.empty() || upper_end) fail_constraint(whole);
  return terms;
}

VersionConstraint VersionConstraint::parse(std::string_view text) {
  VersionConstraint constraint;
  for (std::string_view rest = text;;) {
    const std::size_t bars = rest.find("||");
    constraint.any_of_.push_back(parse_all_of(rest.substr(0, bars), text));
    if (bars == std::string_view::npos) return constraint;
    rest.remove_prefix(bars + 2);
  }
}

bool VersionConstraint::allows(const Version& version) const {
  return std::any_of(any_of_.begin(), any_of_.end(), [&](const auto& terms) {
    return std::all_of(terms.begin(), terms.end(), [&](const Term& term) { return term.allows(version); });
  });
}

} // namespace oci::fetch
