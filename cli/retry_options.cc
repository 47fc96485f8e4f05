#include "cli/retry_options.h"

#include "base/duration.h"
#include "base/error.h"

#include <algorithm>

namespace oci::cli {

namespace {

constexpr std::int64_t most_times = 1000;
constexpr std::chrono::hours longest_delay{24};

std::chrono::milliseconds parse_delay(const std::string& text) {
  const auto delay = parse_duration(text);
  if (!delay || *delay > longest_delay) fail("--retry-delay ", printable(text), ": not a length of time such as 1m30s");
  return std::max(std::chrono::ceil<std::chrono::milliseconds>(*delay), std::chrono::milliseconds(0));
}

} // namespace

void RetryFlags::declare(Command& command) {
  command.option("--retry-times", "N", "of a request, after errors that may pass (default 3)", times);
  command.option("--retry-delay", "TIME", "between tries, such as 5s (default: half a second, doubled each time)",
                 delay);
}

void RetryFlags::apply(fetch::RegistryOptions& options) const {
  if (!times.empty()) {
    const auto number = parse_signed(times);
    if (!number || *number > most_times) fail("--retry-times ", printable(times), ": not a number that can be");
    options.retries = static_cast<unsigned>(std::max<std::int64_t>(0, *number));
    options.waits_for_registry = *number > 0;
  }
  if (!delay.empty()) options.retry_delay = parse_delay(delay);
}

} // namespace oci::cli
