#include "specgen/flags.h"

#include "base/files.h"

#include <algorithm>
#include <array>

namespace oci::specgen {

namespace {

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The power of two a unit stands for, or -1: "", b, k, kb, kib, … of either case.
int unit_shift(std::string_view unit) {
  const std::string lower = to_lower(unit);
  if (lower.empty() || lower == "b") return 0;
  const auto at = std::string_view("kmgtp").find(lower[0]);
  const std::string_view rest = std::string_view(lower).substr(1);
  if (at == std::string_view::npos || (!rest.empty() && rest != "b" && rest != "ib")) return -1;
  return static_cast<int>(at + 1) * 10;
}

} // namespace

bool has_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

std::int64_t parse_integer(std::string_view flag, std::string_view text, std::int64_t min, std::int64_t max) {
  const auto value = parse_signed(text);
  if (value && *value >= min && *value <= max) return *value;
  if (max == std::numeric_limits<std::int64_t>::max()) refuse(flag, text, "not a number of ", min, " or more");
  refuse(flag, text, "not a number from ", min, " to ", max);
}

std::pair<std::string, std::string> parse_pair(std::string_view flag, std::string_view text, std::string_view form) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0 || has_nul(text)) refuse(flag, text, "not of the form ", form);
  return {std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

std::string parse_absolute_path(std::string_view flag, std::string_view text) {
  if (text.empty() || text[0] != '/' || has_nul(text)) refuse(flag, text, "not an absolute path");
  return clean_path(text);
}

std::int64_t parse_bytes(std::string_view flag, std::string_view text) {
  const std::string_view accepted =
      "not a size; give a number of bytes, or one with b, k, m, g or t behind it (512m, 1.5g)";
  const auto number_end = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::string_view number = text.substr(0, number_end);
  const int shift = unit_shift(text.substr(number_end));
  const auto point = number.find('.');
  const std::string_view fraction = point == std::string_view::npos ? "" : number.substr(point + 1);
  const auto whole = parse_unsigned(number.substr(0, point));
  const bool malformed = point != std::string_view::npos && (!is_digits(fraction) || fraction.size() > 9);
  if (!whole || shift < 0 || malformed) refuse(flag, text, accepted);
  const auto limit = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (*whole > (limit >> shift)) refuse(flag, text, "larger than any memory (at most ", limit, " bytes)");
  const std::uint64_t unit = std::uint64_t{1} << shift;
  double part = 0;
  for (auto digit = fraction.rbegin(); digit != fraction.rend(); ++digit) part = (part + (*digit - '0')) / 10;
  const std::uint64_t bytes = *whole * unit + static_cast<std::uint64_t>(part * static_cast<double>(unit));
  return static_cast<std::int64_t>(std::min(bytes, limit));
}

void check_cpu_list(std::string_view flag, std::string_view text) {
  for (const std::string& item : split(text, ',')) {
    const auto dash = item.find('-');
    const auto first = parse_unsigned(item.substr(0, dash));
    const auto last = dash == std::string::npos ? first : parse_unsigned(item.substr(dash + 1));
    if (!first || !last || *first > *last || *last > 65535)
      refuse(flag, text, "not a list of numbers and ranges (0-3,7)");
  }
}

bool is_signal(std::string_view text) {
  static constexpr std::array<std::string_view, 35> names = {
      "HUP",  "INT",  "QUIT",   "ILL",  "TRAP",  "ABRT", "IOT",  "BUS",  "FPE",  "KILL",   "USR1",  "SEGV",
      "USR2", "PIPE", "ALRM",   "TERM", "CHLD",  "CLD",  "CONT", "STOP", "TSTP", "TTIN",   "TTOU",  "URG",
      "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO",   "POLL", "PWR",  "SYS",  "STKFLT", "UNUSED"};
  if (const auto number = parse_unsigned(text)) return *number >= 1 && *number <= 64;
  std::string name = to_lower(text);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? char(c - 32) : c; });
  if (name.starts_with("SIG")) name.erase(0, 3);
  if (std::find(names.begin(), names.end(), name) != names.end() || name == "RTMIN" || name == "RTMAX") return true;
  const bool real_time = name.starts_with("RTMIN+") || name.starts_with("RTMAX-");
  const auto offset = real_time ? parse_unsigned(std::string_view(name).substr(6)) : std::nullopt;
  return offset && *offset <= 30;
}

} // namespace oci::specgen
