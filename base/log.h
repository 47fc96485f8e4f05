// The log: level, text, and where it goes. Human lines on stderr, or the engines' JSON lines in a file.
// One logger a process; set up once by cli before anything else runs. Not for results: those go to stdout by cli.
#pragma once

#include "base/error.h"

#include <string>
#include <string_view>

namespace oci::log {

enum class Level { debug, info, warning, error };
// pairs: time="…" level=error msg="…", as runc writes them; bullets: "   ⨯ …", as umoci does.
enum class Format { text, json, pairs, bullets };

struct Setup {
  std::string file; // "" is stderr; appended to, created 0600
  Format format = Format::text;
  Level threshold = Level::warning; // what is below is not written
};

void setup(const Setup& setup); // throws when the file cannot be opened
bool enabled(Level level);
void write(Level level, std::string_view message); // never throws

template <class... Parts>
void debug(const Parts&... parts) {
  if (enabled(Level::debug)) write(Level::debug, cat(parts...));
}
template <class... Parts>
void info(const Parts&... parts) {
  if (enabled(Level::info)) write(Level::info, cat(parts...));
}
template <class... Parts>
void warning(const Parts&... parts) {
  if (enabled(Level::warning)) write(Level::warning, cat(parts...));
}

// The closing line of a failed program: "error: …" (and "hint: …") on stderr; also to the log file when there is one,
// as {"level":"error","msg":…,"time":…} with --log-format json.
void report(const Error& error);

} // namespace oci::log
