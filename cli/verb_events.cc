// oci events ID
#include "cli/oci_verbs.h"
#include "cli/runtime_options.h"

#include "base/error.h"

#include <cstdio>

namespace oci::cli {

namespace {

// Go's form of a duration, whole: "5s", "1m30s", "250ms".
std::chrono::milliseconds parse_duration(std::string_view flag, const std::string& text) {
  std::uint64_t total = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    const auto number = parse_unsigned(rest.substr(0, digits));
    rest.remove_prefix(digits);
    const std::size_t letters = std::min(rest.find_first_of("0123456789"), rest.size());
    const std::string_view unit = rest.substr(0, letters);
    const std::uint64_t scale = unit == "ms"  ? 1
                                : unit == "s" ? 1000
                                : unit == "m" ? 60'000
                                : unit == "h" ? 3'600'000
                                              : 0;
    if (!number || scale == 0 || *number > 1'000'000)
      fail(flag, ' ', printable(text), ": not a time such as 5s, 500ms or 1m");
    total += *number * scale;
    rest.remove_prefix(letters);
  }
  if (total == 0) fail(flag, ' ', printable(text), ": must be greater than 0");
  return std::chrono::milliseconds(std::min<std::uint64_t>(total, 24 * 3'600'000));
}

void print(const Json& event) {
  std::printf("%s\n", dump_json(event).c_str());
  std::fflush(stdout);
}

class Events final : public Verb {
public:
  void declare(Command& command) override {
    command.flag("--stats", "print the statistics once and end", stats_);
    command.option("--interval", "TIME", "between two statistics (default 5s)", interval_);
    command.words(1, 1, {"ID"});
  }

  int run(const Globals& globals, const Command&, Words words) override {
    const auto interval = parse_duration("--interval", interval_);
    const runtime::Settings settings = runtime_settings(globals);
    if (stats_)
      print(runtime::container_statistics(settings, words[0]));
    else
      runtime::watch_events(settings, words[0], interval, print);
    return 0;
  }

private:
  bool stats_ = false;
  std::string interval_ = "5s";
};

} // namespace

std::unique_ptr<Verb> make_events() { return std::make_unique<Events>(); }

} // namespace oci::cli
