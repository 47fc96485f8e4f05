#include "runtime/hooks.h"

#include "base/error.h"
#include "base/files.h"

#include <chrono>
#include <fcntl.h>
#include <gtest/gtest.h>

namespace oci::runtime {
namespace {

spec::Hook shell(std::string script) {
  spec::Hook hook;
  hook.path = "/bin/sh";
  hook.args = {"hook", "-c", std::move(script)};
  return hook;
}

std::string failure(const std::vector<spec::Hook>& hooks) {
  try {
    run_hooks("createRuntime", hooks, "{}");
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

class Hooks : public ::testing::Test {
protected:
  TempDir scratch_{AT_FDCWD, cat(::testing::TempDir(), "oci-hooks-")};
  std::string out() const { return cat(scratch_.name(), "/out"); }
};

TEST_F(Hooks, InOrderWithStateAndExactEnvironment) {
  spec::Hook first = shell(cat("cat > ", out(), "; env | grep -v ^PWD= | grep -v ^SHLVL= | grep -v ^_= >> ", out()));
  first.env = {"A=1"};
  run_hooks("prestart", {first, shell(cat("echo second >> ", out()))}, R"({"id":"c1"})");
  EXPECT_EQ(read_file(out()), "{\"id\":\"c1\"}A=1\nsecond\n");
}

TEST_F(Hooks, AFailureNamesTheHookAndStopsTheRest) {
  EXPECT_EQ(failure({shell("true"), shell("echo no such device >&2; exit 3"), shell(cat("touch ", out()))}),
            "createRuntime hook 1 (/bin/sh): exit status 3: no such device");
  EXPECT_FALSE(read_file_if_exists(out()));
  EXPECT_EQ(failure({shell("kill -9 $$")}), "createRuntime hook 0 (/bin/sh): killed by signal 9 (Killed)");
}

TEST_F(Hooks, AMissingProgramNamesIt) {
  spec::Hook hook;
  hook.path = "/no/such/hook";
  EXPECT_NE(failure({hook}).find("createRuntime hook 0 (/no/such/hook): "), std::string::npos);
  EXPECT_NE(failure({hook}).find("no such file or directory"), std::string::npos);
}

TEST_F(Hooks, OneThatOutlivesItsTimeoutIsKilled) {
  spec::Hook hook = shell("exec sleep 60");
  hook.timeout = 1;
  EXPECT_EQ(failure({hook}), "createRuntime hook 0 (/bin/sh): timed out after 1 s");
}

TEST_F(Hooks, WhoKeepsTheOutputOpenIsNotWaitedFor) { EXPECT_EQ(failure({shell("sleep 3 & exit 0")}), ""); }

TEST_F(Hooks, OnlyTheEndOfALongOutputIsKept) {
  const std::string message = failure({shell("head -c 3000000 /dev/zero | tr '\\0' x >&2; echo the end >&2; exit 1")});
  EXPECT_LT(message.size(), 2000u);
  EXPECT_TRUE(message.ends_with("the end")) << message;
}

TEST_F(Hooks, WarningsLetTheRestRun) {
  run_hooks_warning("poststop", {shell("exit 1"), shell(cat("touch ", out()))}, "{}");
  EXPECT_TRUE(read_file_if_exists(out()));
}

} // namespace
} // namespace oci::runtime
