#include "runtime/runtime.h"

#include <csignal>
#include <cstring>

namespace oci::runtime {

namespace {

std::optional<int> in_range(std::optional<std::uint64_t> number, int base, int direction) {
  if (!number || *number > static_cast<std::uint64_t>(SIGRTMAX)) return std::nullopt;
  const int signal = base + direction * static_cast<int>(*number);
  if (signal < 0 || signal > SIGRTMAX) return std::nullopt;
  return signal;
}

} // namespace

std::optional<int> signal_number(std::string_view name) {
  if (const auto number = parse_unsigned(name)) return in_range(number, 0, 1);
  if (name.size() > 3 && equal_ignoring_case(name.substr(0, 3), "SIG")) name.remove_prefix(3);
  for (int signal = 1; signal < 32; ++signal) {
    const char* known = sigabbrev_np(signal);
    if (known && equal_ignoring_case(name, known)) return signal;
  }
  if (equal_ignoring_case(name, "IOT")) return SIGABRT;
  if (equal_ignoring_case(name, "CLD")) return SIGCHLD;
  if (equal_ignoring_case(name, "IO")) return SIGIO;
  const std::string_view prefix = name.substr(0, 5), rest = name.substr(prefix.size());
  if (equal_ignoring_case(prefix, "RTMIN"))
    return rest.empty()     ? SIGRTMIN
           : rest[0] == '+' ? in_range(parse_unsigned(rest.substr(1)), SIGRTMIN, 1)
                            : std::nullopt;
  if (equal_ignoring_case(prefix, "RTMAX"))
    return rest.empty()     ? SIGRTMAX
           : rest[0] == '-' ? in_range(parse_unsigned(rest.substr(1)), SIGRTMAX, -1)
                            : std::nullopt;
  return std::nullopt;
}

} // namespace oci::runtime
