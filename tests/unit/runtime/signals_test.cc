#include "runtime/runtime.h"

#include <csignal>
#include <gtest/gtest.h>

namespace oci::runtime {
namespace {

TEST(Signals, ByNameAndNumber) {
  const std::pair<const char*, int> known[] = {{"15", SIGTERM},
                                               {"TERM", SIGTERM},
                                               {"SIGTERM", SIGTERM},
                                               {"sigterm", 15},
                                               {"kill", SIGKILL},
                                               {"SIGUSR1", SIGUSR1},
                                               {"SIGWINCH", 28},
                                               {"IO", SIGIO},
                                               {"POLL", SIGIO},
                                               {"0", 0},
                                               {"RTMIN", SIGRTMIN},
                                               {"SIGRTMIN+3", SIGRTMIN + 3},
                                               {"SIGRTMAX-1", SIGRTMAX - 1},
                                               {"64", SIGRTMAX},
                                               {"IOT", SIGABRT}};
  for (const auto& [name, number] : known) EXPECT_EQ(signal_number(name), number) << name;
}

TEST(Signals, OthersAreNone) {
  for (const char* name :
       {"", "SIG", "NOPE", "-9", "65", "9 ", "99999999999999999999", "RTMIN+99", "RTMIN-1", "RTMAX+1", "RTMINX"})
    EXPECT_FALSE(signal_number(name)) << name;
}

} // namespace
} // namespace oci::runtime
