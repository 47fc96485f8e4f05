// skopeo's --command-timeout: a time after which the whole command ends, whatever it waits for.
#pragma once

#include <string>

namespace oci::cli {

// From now on. While something half made could be left the end is held back (base/stop_signals.h); then `last_words`
// are written to stderr and the program exits with 1. Throws for what is no length of time.
void set_deadline(const std::string& duration, std::string last_words);

} // namespace oci::cli
