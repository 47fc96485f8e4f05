#include "spec/build_time.h"

#include "base/error.h"
#include "base/text.h"

#include <array>
#include <cstdlib>
#include <ctime>

namespace oci::spec {

namespace {

// "<date>T<time>[.fraction](Z|+hh:mm)": the digits' places of the fixed part.
constexpr std::string_view form = "dddd-dd-ddTdd:dd:dd";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool fits_form(std::string_view text, std::string_view wanted) {
  if (text.size() < wanted.size()) return false;
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (wanted[i] == 'd' ? !is_digit(text[i]) : text[i] != wanted[i]) return false;
  return true;
}

std::uint64_t number(std::string_view text, std::size_t at) { return *parse_unsigned(text.substr(at, 2)); }

bool is_calendar_time(std::string_view text) {
  constexpr std::array<unsigned, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const std::uint64_t year = *parse_unsigned(text.substr(0, 4)), month = number(text, 5), day = number(text, 8);
  if (month < 1 || month > 12 || day < 1) return false;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  if (day > days[month - 1] + (leap && month == 2 ? 1 : 0)) return false;
  return number(text, 11) < 24 && number(text, 14) < 60 && number(text, 17) < 60;
}

std::string without_trailing_zeros(std::string fraction) { // with its point
  while (fraction.ends_with('0')) fraction.pop_back();
  return fraction == "." ? "" : fraction;
}

} // namespace

BuildTime build_time() {
  const char* epoch = std::getenv("SOURCE_DATE_EPOCH");
  if (epoch != nullptr && *epoch != '\0') {
    const auto seconds = parse_signed(epoch);
    if (!seconds || *seconds > 253402300799 || *seconds < -62135596800) // the years 1 to 9999
      fail("SOURCE_DATE_EPOCH ", printable(epoch, 80), ": not a number of seconds since 1970");
    return {*seconds, 0, true};
  }
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return {now.tv_sec, now.tv_nsec, false};
}

std::string timestamp(const BuildTime& time) {
  std::string text = rfc3339(time.seconds, time.nanoseconds);
  text.pop_back(); // Z
  const std::size_t point = text.rfind('.');
  return cat(text.substr(0, point), without_trailing_zeros(text.substr(point)), 'Z');
}

std::string parse_timestamp(std::string_view flag, std::string_view text) {
  auto refuse = [&] {
    throw Error(cat(flag, " ", printable(text, 80), ": not a time in the form of RFC 3339"))
        .with_hint("such as 2026-01-31T23:59:59Z");
  };
  if (!fits_form(text, form) || !is_calendar_time(text)) refuse();
  std::string_view rest = text.substr(form.size());
  std::size_t digits = 0;
  if (rest.starts_with('.')) {
    for (digits = 1; digits < rest.size() && is_digit(rest[digits]); ++digits) {
    }
    if (digits == 1) refuse();
  }
  std::string_view zone = rest.substr(digits);
  const bool offset = (zone.starts_with('+') || zone.starts_with('-')) && zone.size() == 6 &&
                      fits_form(zone.substr(1), "dd:dd") && number(zone, 1) < 24 && number(zone, 4) < 60;
  if (zone != "Z" && !offset) refuse();
  if (zone == "+00:00") zone = "Z";
  return cat(text.substr(0, form.size()), without_trailing_zeros(std::string(rest.substr(0, digits))), zone);
}

} // namespace oci::spec
