#include "base/error.h"

#include <cerrno>
#include <functional>
#include <gtest/gtest.h>

namespace oci {
namespace {

Error caught(const std::function<void()>& body) {
  try {
    body();
  } catch (Error& error) {
    return error;
  }
  return Error("nothing was thrown");
}

TEST(Error, ErrnoTextIsLowerCase) {
  EXPECT_EQ(errno_text(ENOENT), "no such file or directory");
  EXPECT_EQ(errno_text(EACCES), "permission denied");
  EXPECT_EQ(errno_text(EDOTDOT), "RFS specific error");
  EXPECT_EQ(errno_text(12345), "error 12345");
  EXPECT_EQ(errno_text(-1), "error -1");
}

TEST(Error, CheckReturnsTheValueOrGivesUp) {
  EXPECT_EQ(check(Result<int>(7), "unused"), 7);
  check(Result<void>(), "unused");
  Error error = caught([] { check(Result<int>(tl::unexpected(Errno{EIO})), "read ", "x", ' ', 3); });
  EXPECT_EQ(error.message(), "read x 3: input/output error");
  EXPECT_EQ(error.error_number(), EIO);
  EXPECT_EQ(error.exit_code(), 1);
  EXPECT_EQ(caught([] { check(Result<void>(tl::unexpected(Errno{EBUSY})), "x"); }).message(),
            "x: device or resource busy");
}

TEST(Error, ContextStandsOutermostAndKeepsTheRest) {
  Error error = caught([] {
    with_context("create x",
                 [] { throw Error("mount proc").with_hint("try y").with_exit_code(125).with_errno(EPERM); });
  });
  EXPECT_EQ(error.message(), "create x: mount proc");
  EXPECT_EQ(error.hint(), "try y");
  EXPECT_EQ(error.exit_code(), 125);
  EXPECT_EQ(error.error_number(), EPERM);
  EXPECT_EQ(with_context("unused", [] { return 5; }), 5);
}

TEST(Error, KeepsItsKindInAContext) {
  struct Special : Error {
    using Error::Error;
  };
  try {
    with_context("copy x", [] { throw Special("upload broke"); });
  } catch (const Special& error) {
    EXPECT_EQ(error.message(), "copy x: upload broke");
    return;
  }
  ADD_FAILURE() << "the error lost its kind";
}

} // namespace
} // namespace oci
