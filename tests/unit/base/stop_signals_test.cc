#include "base/error.h"
#include "base/stop_signals.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace oci {
namespace {

TEST(StopSignals, HoldsASignalBack) {
  EXPECT_EXIT(
      {
        StopSignals stop;
        stop.check();
        ::raise(SIGTERM);
        EXPECT_THROW(stop.check(), Error);
        EXPECT_THROW(stop.check(), Error);
        ::_exit(3);
      },
      ::testing::ExitedWithCode(3), "");
}

TEST(StopSignals, LetsItGoAtTheEnd) {
  EXPECT_EXIT(
      {
        {
          const StopSignals stop;
          ::raise(SIGINT);
        }
        ::_exit(3);
      },
      ::testing::KilledBySignal(SIGINT), "");
}

TEST(StopSignals, LeavesIgnoredOnesAlone) {
  EXPECT_EXIT(
      {
        ::signal(SIGHUP, SIG_IGN);
        const StopSignals stop;
        ::raise(SIGHUP);
        stop.check();
        ::_exit(3);
      },
      ::testing::ExitedWithCode(3), "");
}

} // namespace
} // namespace oci
