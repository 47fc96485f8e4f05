#include "cli/id_pattern.h"

#include "base/error.h"

#include <regex.h>

namespace oci::cli {

namespace {

class Pattern {
public:
  explicit Pattern(const std::string& text) {
    const int failed = ::regcomp(&compiled_, text.c_str(), REG_EXTENDED | REG_NOSUB);
    if (failed == 0) return;
    char why[128];
    ::regerror(failed, &compiled_, why, sizeof why);
    fail("--regex ", printable(text), ": ", why);
  }
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;
  ~Pattern() { ::regfree(&compiled_); }
  bool matches(const std::string& text) const { return ::regexec(&compiled_, text.c_str(), 0, nullptr, 0) == 0; }

private:
  regex_t compiled_{};
};

} // namespace

Words matching_ids(const runtime::Settings& settings, const std::string& pattern) {
  const Pattern wanted(pattern);
  Words ids;
  for (const runtime::ContainerState& container : runtime::list(settings))
    if (!container.foreign && wanted.matches(container.id)) ids.push_back(container.id);
  return ids;
}

} // namespace oci::cli
