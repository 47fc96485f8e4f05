#include "fetch/retry.h"

#include <algorithm>
#include <random>

namespace oci::fetch {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds longest_wait{60};

} // namespace

bool may_pass(int status) { return status == 429 || (status >= 502 && status <= 504); }

std::optional<milliseconds> wait_before_retry(unsigned failures, std::optional<std::chrono::seconds> asked_to_wait,
                                              std::optional<milliseconds> fixed) {
  if (asked_to_wait && *asked_to_wait > longest_wait) return std::nullopt;
  if (fixed) return std::max<milliseconds>(*fixed, asked_to_wait.value_or(longest_wait * 0));
  static std::minstd_rand random{std::random_device{}()};
  milliseconds wait = milliseconds(500) * (1u << std::min(failures - 1, 7u));
  wait += wait * (random() % 100) / 1000;
  return std::max<milliseconds>(std::min<milliseconds>(wait, longest_wait), asked_to_wait.value_or(longest_wait * 0));
}

} // namespace oci::fetch
