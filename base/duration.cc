#include "base/duration.h"

#include <cstdint>

namespace oci {

namespace {

constexpr std::uint64_t most = INT64_MAX;

struct Unit {
  std::string_view name;
  std::uint64_t nanoseconds;
};
constexpr Unit units[] = {{"ns", 1},         {"us", 1'000},        {"µs", 1'000},         {"μs", 1'000},
                          {"ms", 1'000'000}, {"s", 1'000'000'000}, {"m", 60'000'000'000}, {"h", 3'600'000'000'000}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view take_digits(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && is_digit(text[length])) ++length;
  const std::string_view digits = text.substr(0, length);
  text.remove_prefix(length);
  return digits;
}

// The unit that text begins with: letters up to the next number.
std::optional<std::uint64_t> take_unit(std::string_view& text) {
  const std::string_view name = text.substr(0, text.find_first_of("0123456789."));
  for (const Unit& unit : units) {
    if (unit.name != name) continue;
    text.remove_prefix(name.size());
    return unit.nanoseconds;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> whole_part(std::string_view digits, std::uint64_t unit) {
  std::uint64_t value = 0;
  for (const char digit : digits) {
    if (value > (most - 9) / 10) return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(digit - '0');
  }
  if (value > most / unit) return std::nullopt;
  return value * unit;
}

// What is finer than a nanosecond is cut off.
std::uint64_t fraction_part(std::string_view digits, std::uint64_t unit) {
  std::uint64_t value = 0;
  for (const char digit : digits) {
    unit /= 10;
    value += static_cast<std::uint64_t>(digit - '0') * unit;
  }
  return value;
}

// One "1.5h" off the front.
std::optional<std::uint64_t> take_term(std::string_view& text) {
  const std::string_view whole = take_digits(text);
  std::string_view fraction;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    fraction = take_digits(text);
  }
  if (whole.empty() && fraction.empty()) return std::nullopt;
  const auto unit = take_unit(text);
  if (!unit) return std::nullopt;
  const auto value = whole_part(whole, *unit);
  const std::uint64_t rest = fraction_part(fraction, *unit);
  if (!value || *value > most - rest) return std::nullopt;
  return *value + rest;
}

} // namespace

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return std::chrono::nanoseconds(0);
  if (text.empty()) return std::nullopt;
  std::uint64_t sum = 0;
  while (!text.empty()) {
    const auto term = take_term(text);
    if (!term || *term > most - sum) return std::nullopt;
    sum += *term;
  }
  const auto nanoseconds = static_cast<std::int64_t>(sum);
  return std::chrono::nanoseconds(negative ? -nanoseconds : nanoseconds);
}

} // namespace oci
