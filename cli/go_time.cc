#include "cli/go_time.h"

#include "base/error.h"
#include "base/text.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace oci::cli {

namespace {

constexpr std::array months{"January", "February", "March",     "April",   "May",      "June",
                            "July",    "August",   "September", "October", "November", "December"};
constexpr std::array weekdays{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr int seconds_per_hour = 3600, seconds_per_minute = 60;

struct Time {
  std::tm clock{};      // where it was written
  std::string fraction; // its digits, without zeros at the end
  int offset = 0;       // seconds east of UTC
};

// "2006-01-02T15:04:05[.999][Z|+07:00]"
std::optional<Time> parse(const std::string& text) {
  Time time;
  int end = 0;
  if (std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &time.clock.tm_year, &time.clock.tm_mon,
                  &time.clock.tm_mday, &time.clock.tm_hour, &time.clock.tm_min, &time.clock.tm_sec, &end) != 6)
    return std::nullopt;
  time.clock.tm_year -= 1900;
  time.clock.tm_mon -= 1;
  std::string rest = text.substr(static_cast<std::size_t>(end));
  if (rest.starts_with('.')) {
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789", 1), rest.size());
    time.fraction = rest.substr(1, digits - 1);
    while (time.fraction.ends_with('0')) time.fraction.pop_back();
    rest.erase(0, digits);
  }
  if (rest != "Z") {
    int hours = 0, minutes = 0;
    if (rest.size() != 6 || std::sscanf(rest.c_str() + 1, "%2d:%2d", &hours, &minutes) != 2) return std::nullopt;
    time.offset = (hours * seconds_per_hour + minutes * seconds_per_minute) * (rest.front() == '-' ? -1 : 1);
  }
  std::tm normal = time.clock;
  (void)::timegm(&normal); // the day of the week
  if (normal.tm_mon != time.clock.tm_mon || time.clock.tm_mon < 0 || normal.tm_mday != time.clock.tm_mday)
    return std::nullopt;
  time.clock = normal;
  return time;
}

std::string digits(int value, int width) {
  std::string text = std::to_string(value);
  return std::string(text.size() < static_cast<std::size_t>(width) ? static_cast<std::size_t>(width) - text.size() : 0,
                     '0') +
         text;
}

std::string offset_text(const Time& time, std::string_view colon) {
  const int minutes = std::abs(time.offset) / seconds_per_minute;
  return cat(time.offset < 0 ? "-" : "+", digits(minutes / 60, 2), colon, digits(minutes % 60, 2));
}

std::string zone_name(const Time& time) { return time.offset == 0 ? "UTC" : offset_text(time, ""); }

int hour_of_twelve(const Time& time) { return time.clock.tm_hour % 12 == 0 ? 12 : time.clock.tm_hour % 12; }

struct Part {
  std::string_view layout;
  std::string (*text)(const Time&);
};

// Where one begins another, the longer is first.
const Part parts[] = {
    {"January", [](const Time& t) { return std::string(months[static_cast<std::size_t>(t.clock.tm_mon)]); }},
    {"Jan", [](const Time& t) { return std::string(months[static_cast<std::size_t>(t.clock.tm_mon)]).substr(0, 3); }},
    {"Monday", [](const Time& t) { return std::string(weekdays[static_cast<std::size_t>(t.clock.tm_wday)]); }},
    {"Mon",
     [](const Time& t) { return std::string(weekdays[static_cast<std::size_t>(t.clock.tm_wday)]).substr(0, 3); }},
    {"MST", zone_name},
    {"2006", [](const Time& t) { return digits(t.clock.tm_year + 1900, 4); }},
    {"-07:00", [](const Time& t) { return offset_text(t, ":"); }},
    {"-0700", [](const Time& t) { return offset_text(t, ""); }},
    {"Z07:00", [](const Time& t) { return t.offset == 0 ? "Z" : offset_text(t, ":"); }},
    {".999999999", [](const Time& t) { return t.fraction.empty() ? "" : cat(".", t.fraction.substr(0, 9)); }},
    {"01", [](const Time& t) { return digits(t.clock.tm_mon + 1, 2); }},
    {"02", [](const Time& t) { return digits(t.clock.tm_mday, 2); }},
    {"03", [](const Time& t) { return digits(hour_of_twelve(t), 2); }},
    {"04", [](const Time& t) { return digits(t.clock.tm_min, 2); }},
    {"05", [](const Time& t) { return digits(t.clock.tm_sec, 2); }},
    {"06", [](const Time& t) { return digits(t.clock.tm_year % 100, 2); }},
    {"15", [](const Time& t) { return digits(t.clock.tm_hour, 2); }},
    {"PM", [](const Time& t) { return std::string(t.clock.tm_hour < 12 ? "AM" : "PM"); }},
    {"pm", [](const Time& t) { return std::string(t.clock.tm_hour < 12 ? "am" : "pm"); }},
    {"1", [](const Time& t) { return std::to_string(t.clock.tm_mon + 1); }},
    {"2", [](const Time& t) { return std::to_string(t.clock.tm_mday); }},
    {"3", [](const Time& t) { return std::to_string(hour_of_twelve(t)); }},
    {"4", [](const Time& t) { return std::to_string(t.clock.tm_min); }},
    {"5", [](const Time& t) { return std::to_string(t.clock.tm_sec); }},
};

const Part* part_at(std::string_view layout) {
  for (const Part& part : parts)
    if (layout.starts_with(part.layout)) return &part;
  return nullptr;
}

} // namespace

std::string go_time_text(const std::string& rfc3339) {
  return go_time_format(rfc3339, "2006-01-02 15:04:05.999999999 -0700 MST");
}

std::optional<Json> go_time_field(const std::string& rfc3339, std::string_view method) {
  const auto time = parse(rfc3339);
  if (!time) return std::nullopt;
  std::tm clock = time->clock;
  if (method == "Year") return Json(clock.tm_year + 1900);
  if (method == "Month") return Json(months[static_cast<std::size_t>(clock.tm_mon)]);
  if (method == "Weekday") return Json(weekdays[static_cast<std::size_t>(clock.tm_wday)]);
  if (method == "Day") return Json(clock.tm_mday);
  if (method == "Hour") return Json(clock.tm_hour);
  if (method == "Minute") return Json(clock.tm_min);
  if (method == "Second") return Json(clock.tm_sec);
  if (method == "Unix") return Json(std::int64_t{::timegm(&clock)} - time->offset);
  return std::nullopt;
}

std::string go_time_format(const std::string& rfc3339, std::string_view layout) {
  const auto time = parse(rfc3339);
  if (!time) return rfc3339;
  std::string text;
  while (!layout.empty()) {
    const Part* part = part_at(layout);
    text += part != nullptr ? part->text(*time) : std::string(layout.substr(0, 1));
    layout.remove_prefix(part != nullptr ? part->layout.size() : 1);
  }
  return text;
}

} // namespace oci::cli
