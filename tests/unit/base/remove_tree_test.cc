#include "base/files.h"

#include "base/io.h"
#include "base/sys.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

namespace oci {
namespace {

class RemoveTree : public testing::Test {
protected:
  bool exists(const std::string& name) const { return static_cast<bool>(sys::fstatat(dir.fd(), name)); }
  void make_folder(const std::string& name, mode_t mode = 0755) {
    check(sys::mkdirat(dir.fd(), name, mode), "make folder ", name);
  }
  void make_file(const std::string& name) { write_file_atomic(dir.fd(), name, "x", 0644); }
  TempDir dir{AT_FDCWD, "oci-test-"};
};

TEST_F(RemoveTree, FilesFoldersAndWhatIsMissing) {
  make_folder("t");
  make_folder("t/a");
  make_folder("t/a/b");
  make_file("t/a/f");
  make_file("file");
  EXPECT_TRUE(remove_tree(dir.fd(), "t"));
  EXPECT_TRUE(remove_tree(dir.fd(), "file"));
  EXPECT_TRUE(remove_tree(dir.fd(), "none"));
  EXPECT_TRUE(remove_tree(dir.fd(), "none/none"));
  EXPECT_FALSE(exists("t") || exists("file"));
}

TEST_F(RemoveTree, NamesThatLeadUpAreRefused) {
  for (const char* name : {"", ".", "..", "/", "a/../.."})
    EXPECT_EQ(remove_tree(dir.fd(), name).error(), EINVAL) << name;
}

TEST_F(RemoveTree, LinksAreRemovedNotFollowed) {
  make_folder("outside");
  make_file("outside/kept");
  make_folder("t");
  ASSERT_TRUE(sys::symlinkat("../outside", dir.fd(), "t/link"));
  ASSERT_TRUE(sys::symlinkat("outside", dir.fd(), "toplink"));
  EXPECT_TRUE(remove_tree(dir.fd(), "t"));
  EXPECT_TRUE(remove_tree(dir.fd(), "toplink"));
  EXPECT_TRUE(exists("outside/kept"));
  EXPECT_FALSE(exists("t") || exists("toplink"));
}

TEST_F(RemoveTree, DepthIsNoLimit) {
  Fd memory = make_dirs(sys::stat("/dev/shm") ? "/dev/shm" : "."); // a disk takes half a minute
  TempDir deep(memory.get(), "oci-test-");
  check(sys::mkdirat(deep.fd(), "t", 0755), "make folder t");
  Fd at = sys::openat(deep.fd(), "t", O_RDONLY | O_DIRECTORY).value();
  for (int depth = 0; depth < 100'000; ++depth) {
    ASSERT_EQ(::mkdirat(at.get(), "d", 0755), 0);
    at = Fd(::openat(at.get(), "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  at.reset();
  EXPECT_TRUE(remove_tree(deep.fd(), "t"));
  EXPECT_FALSE(sys::fstatat(deep.fd(), "t"));
}

TEST_F(RemoveTree, WideFoldersAreReadInBatches) {
  make_folder("t");
  for (int i = 0; i < 3000; ++i) {
    make_folder(cat("t/d", i));
    ASSERT_TRUE(sys::mknodat(dir.fd(), cat("t/f", i), S_IFREG, 0));
  }
  make_file("t/d7/x");
  EXPECT_TRUE(remove_tree(dir.fd(), "t"));
  EXPECT_FALSE(exists("t"));
}

TEST_F(RemoveTree, UnreadableFoldersAreMadeReadable) {
  ASSERT_TRUE(sys::fchmod(dir.fd(), 0777));
  pid_t pid = ::fork(); // as root every folder is readable
  if (pid == 0) {
    if (::geteuid() == 0 && ::setuid(65534) != 0) ::_exit(2);
    for (const char* name : {"t", "t/none", "t/read", "t/none/x"}) {
      if (::mkdirat(dir.fd(), name, 0700) != 0) ::_exit(3);
    }
    if (::fchmodat(dir.fd(), "t/none", 0, 0) != 0 || ::fchmodat(dir.fd(), "t/read", 0400, 0) != 0) ::_exit(4);
    ::_exit(remove_tree(dir.fd(), "t") ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  EXPECT_EQ(status, 0);
  EXPECT_FALSE(exists("t"));
}

TEST_F(RemoveTree, MountsAreBusyAndKeepTheirContent) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  make_folder("outside");
  make_file("outside/kept");
  make_folder("t");
  make_folder("t/mount");
  std::string here = absolute_path(dir.name());
  pid_t pid = ::fork();
  if (pid == 0) { // with mounts of its own
    if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) ::_exit(2);
    if (::mount((here + "/outside").c_str(), (here + "/t/mount").c_str(), nullptr, MS_BIND, nullptr) != 0) ::_exit(3);
    // By path: the descriptor belongs to the mounts we left.
    Result<void> inside = remove_tree(AT_FDCWD, here + "/t");
    Result<void> itself = remove_tree(AT_FDCWD, here + "/t/mount");
    bool busy = !inside && inside.error() == EBUSY && !itself && itself.error() == EBUSY;
    ::_exit(busy ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(exists("outside/kept"));
}

} // namespace
} // namespace oci
