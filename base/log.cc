#include "base/log.h"

#include "base/io.h"
#include "base/json.h"
#include "base/sys.h"

#include <array>
#include <cstdio>
#include <ctime>
#include <unistd.h>

namespace oci::log {

namespace {

constexpr std::size_t longest_message = 16384;

struct Logger {
  Fd file; // none: stderr
  Format format = Format::text;
  Level threshold = Level::warning;
};

Logger& logger() {
  static Logger instance;
  return instance;
}

const char* name(Level level) {
  constexpr std::array names = {"debug", "info", "warning", "error"};
  return names[static_cast<std::size_t>(level)];
}

std::string now() {
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME, &time);
  return rfc3339(time.tv_sec, time.tv_nsec);
}

std::string text_line(Level level, std::string_view message) {
  return cat(name(level), ": ", printable(message, longest_message), '\n');
}

std::string json_line(Level level, std::string_view message) {
  Json line;
  line.set("level", name(level));
  line.set("msg", message);
  line.set("time", now());
  return dump_json(line) + '\n';
}

std::string pairs_line(Level level, std::string_view message) {
  return cat("time=", go_quoted(now()), " level=", name(level), " msg=", go_quoted(printable(message, longest_message)),
             '\n');
}

std::string bullet_line(Level level, std::string_view message) {
  return cat(level == Level::error ? "   ⨯ " : "   • ", printable(message, longest_message), '\n');
}

std::string line_of(Format format, Level level, std::string_view message) {
  switch (format) {
  case Format::json:
    return json_line(level, message);
  case Format::pairs:
    return pairs_line(level, message);
  case Format::bullets:
    return bullet_line(level, message);
  case Format::text:
    break;
  }
  return text_line(level, message);
}

// One write a line, so that lines of several processes in one file stay whole.
void put(Level level, std::string_view message) {
  Logger& to = logger();
  std::string line = line_of(to.format, level, message);
  if (to.file && to.format == Format::text) line = cat(now(), ' ', line);
  (void)write_all(to.file ? to.file.get() : STDERR_FILENO, line);
}

void tell_user(std::string_view kind, const std::string& message) {
  (void)write_all(STDERR_FILENO, cat(kind, ": ", printable(message, longest_message), '\n'));
}

} // namespace

void setup(const Setup& setup) {
  Fd file;
  if (!setup.file.empty()) {
    int flags = O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY;
    file = check(sys::open(setup.file, flags, 0600), "open log file ", setup.file);
  }
  logger() = Logger{std::move(file), setup.format, setup.threshold};
}

bool enabled(Level level) { return level >= logger().threshold; }

void write(Level level, std::string_view message) {
  if (!enabled(level)) return;
  try {
    put(level, message);
  } catch (const std::exception&) {
    // Out of memory: a log line is not worth failing for.
  }
}

void report(const Error& error) {
  try {
    bool in_file = static_cast<bool>(logger().file);
    if (in_file || logger().format != Format::text) write(Level::error, error.message());
    if (logger().format == Format::bullets && !error.hint().empty()) write(Level::error, cat("hint: ", error.hint()));
    if (!in_file && logger().format != Format::text) return; // stderr holds such lines only
    tell_user("error", error.message());
    if (!error.hint().empty()) tell_user("hint", error.hint());
  } catch (const std::exception&) {
    constexpr std::string_view bare = "error: out of memory\n";
    (void)write_all(STDERR_FILENO, bare);
  }
}

} // namespace oci::log
