// When a failed request is tried again, and after how long.
#pragma once

#include <chrono>
#include <optional>

namespace oci::fetch {

// Of an HTTP status: too many requests, or a gateway's trouble.
bool may_pass(int status);

// Half a second, doubled with each failure, with up to a tenth more so that many clients do not come back together;
// longer when the server asked for it. `fixed` stands for the growing time. nullopt when it asks for more than a
// minute. failures: 1 after the first.
std::optional<std::chrono::milliseconds> wait_before_retry(unsigned failures,
                                                           std::optional<std::chrono::seconds> asked_to_wait,
                                                           std::optional<std::chrono::milliseconds> fixed = {});

} // namespace oci::fetch
