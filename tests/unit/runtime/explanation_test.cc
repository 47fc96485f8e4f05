#include "runtime/explanation.h"

#include <elf.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace oci::runtime {
namespace {

TEST(Explanation, NamesMachines) {
  EXPECT_NE(explain(Reason::other_machine, "", EM_AARCH64).find("the program is for arm64"), std::string::npos);
  EXPECT_NE(explain(Reason::other_machine, "", 4711).find("ELF machine 4711"), std::string::npos);
}

TEST(Explanation, ShowsCarriageReturns) {
  EXPECT_EQ(
      explain(Reason::interpreter_missing, "/bin/sh\r", 0),
      "its interpreter \"/bin/sh\\x0d\" is missing: the #! line ends with a carriage return; save the script with "
      "Unix line ends");
}

TEST(Explanation, EscapesWhatAFileSays) {
  EXPECT_EQ(explain(Reason::near_miss, "/bin/\033[2J", 0).find('\033'), std::string::npos);
}

TEST(Explanation, SaysNothingOfUnknownReasons) { EXPECT_EQ(explain(static_cast<Reason>(99), "x", 0), ""); }

class Heard : public testing::Test {
protected:
  void SetUp() override { ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends_), 0); }
  void TearDown() override {
    close(ends_[0]);
    if (ends_[1] >= 0) close(ends_[1]);
  }
  void say(const void* bytes, std::size_t size) { ASSERT_EQ(send(ends_[1], bytes, size, 0), ssize_t(size)); }
  int ends_[2]{};
};

TEST_F(Heard, ReadsTheTextOfThePacket) {
  ExplanationMessage message{{Sync::explanation, 0, 0, static_cast<std::uint32_t>(Reason::near_miss), 0, 0}, "ls?"};
  say(&message, sizeof message.head + 2);
  EXPECT_EQ(hear_explanation(ends_[0]), ": did you mean \"ls\"?");
}

TEST_F(Heard, TakesNothingElse) {
  SyncMessage other{Sync::ready, 0, 0, 0, 0, 0};
  say(&other, sizeof other);
  EXPECT_EQ(hear_explanation(ends_[0]), "");
  say("short", 5);
  EXPECT_EQ(hear_explanation(ends_[0]), "");
  close(ends_[1]);
  ends_[1] = -1;
  EXPECT_EQ(hear_explanation(ends_[0]), "");
}

} // namespace
} // namespace oci::runtime
