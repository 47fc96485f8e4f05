// Lengths of time as Go's time.ParseDuration reads them.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace oci {

// "1h30m", "1.5s", "300ms", "-2s", "0"; units h, m, s, ms, us (µs), ns. nullopt for anything else, also for more than
// 64 bits of nanoseconds hold.
std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

} // namespace oci
