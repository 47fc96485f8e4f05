#include "specgen/users.h"

#include "base/files.h"
#include "base/io.h"
#include "base/sys.h"
#include "helpers.h"

#include <gmock/gmock.h>

namespace oci::specgen::test {
namespace {

using testing::ElementsAre;

ResolvedUser resolve(std::string_view text) { return resolve_user("--user", text, plain_users()); }

TEST(Users, NobodyNamedIsRootWithItsGroups) {
  const ResolvedUser user = resolve("");
  EXPECT_EQ(user.uid, 0u);
  EXPECT_EQ(user.gid, 0u);
  EXPECT_THAT(user.additional_gids, ElementsAre(0, 10));
  EXPECT_EQ(user.home, "/root");
}

TEST(Users, ANameBringsItsGroups) {
  const ResolvedUser user = resolve("web");
  EXPECT_EQ(user.uid, 101u);
  EXPECT_EQ(user.gid, 102u);
  EXPECT_THAT(user.additional_gids, ElementsAre(102, 10, 33));
  EXPECT_EQ(user.home, "/srv/web");
}

TEST(Users, AGroupThatIsNamedReplacesTheOthers) {
  const ResolvedUser user = resolve("web:logs");
  EXPECT_EQ(user.gid, 33u);
  EXPECT_THAT(user.additional_gids, ElementsAre(33));
  EXPECT_THAT(resolve("web:7").additional_gids, ElementsAre(7));
}

TEST(Users, ANumberThatPasswdKnowsIsThatUser) {
  const ResolvedUser user = resolve("101");
  EXPECT_EQ(user.gid, 102u);
  EXPECT_THAT(user.additional_gids, ElementsAre(102, 10, 33));
}

TEST(Users, ANumberNeedsNoEntryAndIsNeverAName) {
  const ResolvedUser user = resolve("1000"); // passwd has a user *named* 1000
  EXPECT_EQ(user.uid, 1000u);
  EXPECT_EQ(user.gid, 0u);
  EXPECT_EQ(user.home, "");
  EXPECT_THAT(user.additional_gids, ElementsAre(0));
  EXPECT_EQ(resolve("4294967294").uid, 4294967294u);
  EXPECT_EQ(resolve("0012").uid, 12u);
}

TEST(Users, OutOfRangeIsNotLookedUp) {
  UserFiles files = plain_users();
  files.passwd.text += "4294967296:x:0:0::/:\n18446744073709551616:x:0:0::/:\n";
  for (const char* text : {"4294967295", "4294967296", "18446744073709551616", "7:4294967296"})
    EXPECT_NE(error_of([&] { resolve_user("--user", text, files); }).find("out of range"), std::string::npos) << text;
}

TEST(Users, BrokenLinesAreSkipped) {
  const auto users =
      parse_passwd("\n# comment\nroot\n:x:0:0\nbad:x:y:0\nneg:x:-1:0\nbig:x:4294967295:0\n  ok:x:5:6  \n+::::\n");
  ASSERT_EQ(users.size(), 1u);
  EXPECT_EQ(users[0].name, "ok");
  EXPECT_EQ(users[0].gid, 6u);
  EXPECT_EQ(users[0].home, "");
  const auto groups = parse_group("wheel:x:10:a,b\nempty:x:11:\nshort:x:12\nbroken:x\n");
  ASSERT_EQ(groups.size(), 3u);
  EXPECT_THAT(groups[0].members, ElementsAre("a", "b"));
  EXPECT_EQ(groups[2].gid, 12u);
}

TEST(Users, WhyAFileCouldNotBeReadIsSaid) {
  UserFiles files;
  files.passwd.problem = "not a regular file";
  EXPECT_EQ(error_of([&] { resolve_user("image config.User", "web", files); }),
            "image config.User web: no user web in the image's /etc/passwd: not a regular file");
  EXPECT_EQ(
      error_of([&] { resolve_user("--user", "web", {}); }),
      "--user web: no user web in the image's /etc/passwd, which is missing or empty; a number needs no entry there");
  EXPECT_EQ(resolve_user("--user", "5", files).uid, 5u);
}

TEST(Users, AFloodOfGroupsIsNoBurden) {
  UserFiles files;
  files.passwd.text = "u:x:1:1::/:\n";
  for (int i = 0; i < 50000; ++i) files.group.text += cat("g", i, ":x:", i, ":u\n");
  EXPECT_EQ(resolve_user("--user", "u", files).additional_gids.size(), 50000u);
}

// ---- files of a root file system that may hold anything ----

class UserFilesTest : public testing::Test {
protected:
  UserFilesTest()
      : parent_(check(sys::open(testing::TempDir(), O_PATH | O_DIRECTORY), "open")), folder_(parent_.get(), "users.") {
    check(sys::mkdirat(folder_.fd(), "etc", 0755), "mkdir");
  }
  void write(const char* name, const std::string& text) {
    Fd file = check(sys::openat(folder_.fd(), name, O_WRONLY | O_CREAT | O_EXCL, 0644), "create ", name);
    check(write_all(file.get(), text), "write");
  }
  Fd parent_;
  TempDir folder_;
};

TEST_F(UserFilesTest, ReadsWhatIsThere) {
  write("etc/passwd", "root:x:0:0::/root:/bin/sh\n");
  const UserFiles files = read_user_files(folder_.fd());
  EXPECT_EQ(files.passwd.text, "root:x:0:0::/root:/bin/sh\n");
  EXPECT_EQ(files.passwd.problem, "");
  EXPECT_EQ(files.group.text, "");
  EXPECT_EQ(files.group.problem, "");
}

TEST_F(UserFilesTest, LinksAreResolvedInsideTheRoot) {
  check(sys::mkdirat(folder_.fd(), "store", 0755), "mkdir");
  write("store/users", "inside:x:1:1::/:\n");
  check(sys::symlinkat("/store/users", folder_.fd(), "etc/passwd"), "symlink");
  check(sys::symlinkat("../../../../../../etc/hostname", folder_.fd(), "etc/group"), "symlink");
  const UserFiles files = read_user_files(folder_.fd());
  EXPECT_EQ(files.passwd.text, "inside:x:1:1::/:\n");
  EXPECT_EQ(files.group.text, "");
}

TEST_F(UserFilesTest, AFifoIsNotWaitedOn) {
  check(sys::mknodat(folder_.fd(), "etc/passwd", S_IFIFO | 0644, 0), "mkfifo");
  check(sys::mkdirat(folder_.fd(), "etc/group", 0755), "mkdir");
  const UserFiles files = read_user_files(folder_.fd());
  EXPECT_EQ(files.passwd.problem, "not a regular file");
  EXPECT_EQ(files.group.problem, "not a regular file");
}

TEST_F(UserFilesTest, ALoopOrAFloodIsAProblemNotAnError) {
  check(sys::symlinkat("passwd", folder_.fd(), "etc/passwd"), "symlink");
  Fd file = check(sys::openat(folder_.fd(), "etc/group", O_WRONLY | O_CREAT, 0644), "create");
  check(sys::ftruncate(file.get(), off_t{1} << 40), "truncate");
  const UserFiles files = read_user_files(folder_.fd());
  EXPECT_NE(files.passwd.problem, "");
  EXPECT_NE(files.group.problem.find("larger than 1048576 bytes"), std::string::npos) << files.group.problem;
  EXPECT_EQ(files.group.text, "");
}

} // namespace
} // namespace oci::specgen::test
