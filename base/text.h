// Small text helpers that C++20 on g++ 12 lacks. Pure; never throw but std::bad_alloc.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oci {

namespace text_detail {
inline void append(std::string& out, std::string_view part) { out.append(part); }
inline void append(std::string& out, char part) { out.push_back(part); }
template <std::integral N>
requires(!std::same_as<N, char>) void append(std::string& out, N part) { out.append(std::to_string(part)); }
} // namespace text_detail

// Concatenates strings, characters and integers: cat("fd ", 7).
template <class... Parts>
std::string cat(const Parts&... parts) {
  std::string out;
  (text_detail::append(out, parts), ...);
  return out;
}

std::vector<std::string> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string_view trim(std::string_view text);
std::string to_lower(std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b);

// Whole-text parse: no sign for unsigned, no blanks, no trailing characters; nullopt also when out of range.
std::optional<std::uint64_t> parse_unsigned(std::string_view text, int base = 10);
std::optional<std::int64_t> parse_signed(std::string_view text);

// For text that comes from images or servers and goes to a terminal or log: control characters become \xNN,
// invalid UTF-8 becomes U+FFFD, and what is longer than `limit` bytes is cut with "…".
std::string printable(std::string_view untrusted, std::size_t limit = 512);

// In double quotes, as Go's %q has it: '"', '\\' and the end of a line have a backslash.
std::string go_quoted(std::string_view text);

bool is_valid_utf8(std::string_view text);
// Length of the well-formed sequence that text begins with; 0 when there is none.
std::size_t utf8_length(std::string_view text);

// RFC 3339 in UTC with nanoseconds, "2026-01-31T23:59:59.000000001Z"; seconds since 1970. Unlike gmtime it reads no
// time zone from the disk.
std::string rfc3339(std::int64_t seconds, std::int64_t nanoseconds);

// Bytes as people write them: 0 B, 1.5 KiB, 29.1 MiB.
std::string human_bytes(std::uint64_t bytes);

// Optimal string alignment distance; for "did you mean".
std::size_t edit_distance(std::string_view a, std::string_view b);

// The candidate nearest to `word`, or nullopt when none is near enough to be worth a suggestion.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates);

} // namespace oci
