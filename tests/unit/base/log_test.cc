#include "base/log.h"

#include "base/files.h"
#include "base/json.h"
#include "base/sys.h"

#include <gtest/gtest.h>

namespace oci {
namespace {

class Log : public testing::Test {
protected:
  void TearDown() override { log::setup({}); }
  std::string file() const { return cat("/proc/self/fd/", dir.fd(), "/log"); }
  std::vector<std::string> lines() const {
    std::vector<std::string> lines = split(read_file(file()), '\n');
    EXPECT_EQ(lines.back(), "");
    lines.pop_back();
    return lines;
  }
  TempDir dir{AT_FDCWD, "oci-test-"};
};

TEST_F(Log, JsonLinesAsEnginesReadThem) {
  log::setup({file(), log::Format::json, log::Level::warning});
  log::info("not written");
  log::warning("a \"quoted\"\nline ", 7);
  testing::internal::CaptureStderr();
  log::report(Error("create x: gone").with_hint("look"));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "error: create x: gone\nhint: look\n");
  ASSERT_EQ(lines().size(), 2u);
  Json first = parse_json(lines()[0], "line");
  EXPECT_EQ(*first.find("level"), Json("warning"));
  EXPECT_EQ(*first.find("msg"), Json("a \"quoted\"\nline 7"));
  Json second = parse_json(lines()[1], "line");
  EXPECT_EQ(*second.find("level"), Json("error"));
  EXPECT_EQ(*second.find("msg"), Json("create x: gone"));
  const std::string& time = *second.find("time")->as_string();
  ASSERT_EQ(time.size(), std::string("2025-01-02T03:04:05.123456789Z").size());
  EXPECT_EQ(time[10], 'T');
  EXPECT_EQ(time.back(), 'Z');
}

TEST_F(Log, TextLinesAreOneLineEach) {
  log::setup({file(), log::Format::text, log::Level::debug});
  log::debug("a\nb\x1b[0m");
  ASSERT_EQ(lines().size(), 1u);
  EXPECT_TRUE(lines()[0].ends_with("Z debug: a\\x0ab\\x1b[0m")) << lines()[0];
}

TEST_F(Log, FilesAreAppendedToAndPrivate) {
  write_file_atomic(dir.fd(), "log", "before\n", 0600);
  log::setup({file(), log::Format::json, log::Level::info});
  log::info("x");
  EXPECT_EQ(lines().size(), 2u);
  log::setup({file() + "2", log::Format::json, log::Level::info});
  EXPECT_EQ(sys::fstatat(dir.fd(), "log2")->st_mode & 07777, 0600u);
  EXPECT_THROW(log::setup({"/does/not/exist", log::Format::text, log::Level::info}), Error);
}

TEST_F(Log, ErrorsGoToStderrForPeople) {
  testing::internal::CaptureStderr();
  log::report(Error("pull \x1b[2Jx: no").with_hint("try\ny"));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "error: pull \\x1b[2Jx: no\nhint: try\\x0ay\n");
  log::setup({"", log::Format::json, log::Level::warning});
  testing::internal::CaptureStderr();
  log::report(Error("x"));
  EXPECT_EQ(*parse_json(testing::internal::GetCapturedStderr(), "stderr").find("msg"), Json("x"));
}

TEST_F(Log, EnabledFollowsTheThreshold) {
  EXPECT_FALSE(log::enabled(log::Level::info));
  EXPECT_TRUE(log::enabled(log::Level::warning));
}

} // namespace
} // namespace oci
