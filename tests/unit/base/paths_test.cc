#include "base/files.h"

#include "base/sys.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <unistd.h>

namespace oci {
namespace {

TEST(Paths, CleanIsLexical) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "."},
      {"/", "/"},
      {"//a//b/", "/a/b"},
      {"a/./b", "a/b"},
      {"a/../b", "b"},
      {"/../../a", "/a"},
      {"../../a", "../../a"},
      {"a/../..", ".."},
      {"./", "."},
      {"/a/b/../../..", "/"},
  };
  for (auto [path, clean] : cases) EXPECT_EQ(clean_path(path), clean) << path;
}

TEST(Paths, BaseAndParent) {
  EXPECT_EQ(base_name("/a/b"), "b");
  EXPECT_EQ(base_name("a/b/"), "b");
  EXPECT_EQ(base_name("/"), "/");
  EXPECT_EQ(parent_path("/a/b"), "/a");
  EXPECT_EQ(parent_path("/a"), "/");
  EXPECT_EQ(parent_path("/"), "/");
  EXPECT_EQ(parent_path("a"), ".");
  EXPECT_EQ(parent_path("."), "..");
  EXPECT_EQ(parent_path("../.."), "../../..");
}

TEST(Paths, AbsoluteIsAgainstTheCurrentFolder) {
  char* current = ::getcwd(nullptr, 0);
  EXPECT_EQ(absolute_path("a/.."), current);
  EXPECT_EQ(absolute_path("/x/../y"), "/y");
  std::free(current);
}

class PathFromEnvironment : public testing::Test {
protected:
  void TearDown() override {
    ::unsetenv("OCI_TEST_PATH");
    ::unsetenv("TMPDIR");
    ::unsetenv("SUDO_UID");
  }
  std::string own_by(uid_t uid) {
    check(sys::fchown(dir.fd(), uid, 0), "chown");
    return absolute_path(dir.name());
  }
  TempDir dir{AT_FDCWD, "oci-test-"};
};

TEST_F(PathFromEnvironment, IsTakenAsItIsWithoutPrivilege) {
  EXPECT_EQ(path_from_environment("OCI_TEST_PATH"), "");
  ::setenv("OCI_TEST_PATH", "/does/not/exist", 1);
  EXPECT_EQ(path_from_environment("OCI_TEST_PATH"), "/does/not/exist");
}

TEST_F(PathFromEnvironment, UnderSudoTheOwnerMustBeRootOrTheCaller) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  ::setenv("SUDO_UID", "1000", 1);
  for (auto [uid, taken] : {std::pair(0u, true), {1000u, true}, {1001u, false}}) {
    std::string path = own_by(uid);
    ::setenv("OCI_TEST_PATH", path.c_str(), 1);
    EXPECT_EQ(path_from_environment("OCI_TEST_PATH"), taken ? path : "") << uid;
    path += "/new/store"; // does not exist yet
    ::setenv("OCI_TEST_PATH", path.c_str(), 1);
    EXPECT_EQ(path_from_environment("OCI_TEST_PATH"), taken ? path : "") << uid;
  }
  std::string path = own_by(0) + "/new";
  check(sys::fchmod(dir.fd(), 01777), "chmod");
  ::setenv("OCI_TEST_PATH", path.c_str(), 1);
  EXPECT_EQ(path_from_environment("OCI_TEST_PATH"), "");
}

TEST_F(PathFromEnvironment, BigTempFolderIsOursOrVarTmp) {
  EXPECT_EQ(big_temp_folder(), "/var/tmp");
  ::setenv("TMPDIR", "/does/not/exist", 1);
  EXPECT_EQ(big_temp_folder(), "/var/tmp");
  std::string path = own_by(::geteuid());
  ::setenv("TMPDIR", path.c_str(), 1);
  EXPECT_EQ(big_temp_folder(), path);
  if (::geteuid() != 0) return;
  path = own_by(1001);
  EXPECT_EQ(big_temp_folder(), "/var/tmp");
}

} // namespace
} // namespace oci
