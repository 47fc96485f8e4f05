#include "base/files.h"

#include "base/io.h"
#include "base/sys.h"

#include <functional>
#include <gtest/gtest.h>
#include <unistd.h>

namespace oci {
namespace {

std::string message_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

class Files : public testing::Test {
protected:
  std::string path(const std::string& name) const { return cat("/proc/self/fd/", dir.fd(), "/", name); }
  void write(const std::string& name, std::string_view text) { write_file_atomic(dir.fd(), name, text, 0644); }
  TempDir dir{AT_FDCWD, "oci-test-"};
};

TEST_F(Files, ReadFileFollowsLinksAndLimits) {
  write("a", "hello");
  ASSERT_TRUE(sys::symlinkat("a", dir.fd(), "link"));
  EXPECT_EQ(read_file(path("link")), "hello");
  EXPECT_EQ(read_file_at(dir.fd(), "a", 5), "hello");
  EXPECT_EQ(message_of([&] { read_file_at(dir.fd(), "a", 4); }), "a: larger than 4 bytes");
  EXPECT_EQ(message_of([&] { read_file_at(dir.fd(), "link", 5, O_NOFOLLOW); }),
            "open link: too many levels of symbolic links");
  EXPECT_EQ(message_of([&] { read_file_at(dir.fd(), "none", 5); }), "open none: no such file or directory");
}

TEST_F(Files, ReadFileRefusesWhatIsNoRegularFileWithoutWaiting) {
  ASSERT_TRUE(sys::mknodat(dir.fd(), "fifo", S_IFIFO | 0600, 0));
  EXPECT_EQ(message_of([&] { read_file_at(dir.fd(), "fifo", 5); }), "read fifo: not a regular file");
  EXPECT_EQ(message_of([&] { read_file("/dev/zero"); }), "read /dev/zero: not a regular file");
  EXPECT_EQ(message_of([&] { read_file("/"); }), "read /: is a directory");
}

TEST_F(Files, ReadFileIfExists) {
  write("a", "");
  EXPECT_EQ(read_file_if_exists(path("a")), "");
  EXPECT_EQ(read_file_if_exists(path("none")), std::nullopt);
  EXPECT_THROW(read_file_if_exists(path("a/below")), Error);
}

TEST_F(Files, WriteFileAtomicReplacesAndSetsTheMode) {
  mode_t before = ::umask(0077);
  write("a", "one");
  write_file_atomic(dir.fd(), "a", "two", 0664, Durability::synced);
  ::umask(before);
  EXPECT_EQ(read_file_at(dir.fd(), "a", 100), "two");
  EXPECT_EQ(sys::fstatat(dir.fd(), "a")->st_mode & 07777, 0664u);
}

TEST_F(Files, OutputGoesIntoADeviceAndNeverInItsPlace) {
  ASSERT_TRUE(sys::symlinkat("/dev/null", dir.fd(), "link"));
  EXPECT_TRUE(is_special_file(path("link")));
  write_output_file(path("link"), "text", 0644);
  EXPECT_TRUE(is_special_file(path("link")));
  write("file", "old");
  EXPECT_FALSE(is_special_file(path("file")));
  EXPECT_FALSE(is_special_file(path("none")));
  write_output_file(path("file"), "new", 0600);
  EXPECT_EQ(read_file_at(dir.fd(), "file", 100), "new");
  EXPECT_THROW(write_output_file(path("none/file"), "text", 0644), Error);
}

TEST_F(Files, WriteFileAtomicReplacesALinkInsteadOfFollowingIt) {
  write("target", "old");
  ASSERT_TRUE(sys::symlinkat("target", dir.fd(), "link"));
  write("link", "new");
  EXPECT_EQ(read_file_at(dir.fd(), "target", 100), "old");
  EXPECT_EQ(read_file_at(dir.fd(), "link", 100, O_NOFOLLOW), "new");
}

TEST_F(Files, AFailedWriteLeavesNothing) {
  ASSERT_TRUE(sys::mkdirat(dir.fd(), "d", 0700));
  EXPECT_EQ(message_of([&] { write("d", "x"); }), "rename to d: is a directory");
  EXPECT_EQ(message_of([&] { write("none/x", "x"); }), "create none/x: no such file or directory");
  ASSERT_TRUE(sys::unlinkat(dir.fd(), "d", AT_REMOVEDIR));
  Fd parent = sys::openat(dir.fd(), "..", O_PATH).value();
  EXPECT_TRUE(sys::unlinkat(parent.get(), dir.name(), AT_REMOVEDIR)); // only an empty folder lets itself be removed
}

TEST_F(Files, MakeDirs) {
  Fd made = make_dirs(path("a//b/./c/"), 0750);
  EXPECT_EQ(sys::fstat(made.get())->st_ino, sys::fstatat(dir.fd(), "a/b/c")->st_ino);
  EXPECT_EQ(sys::fstatat(dir.fd(), "a")->st_mode & 07777, 0750u);
  make_dirs(path("a"), 0700);
  EXPECT_EQ(sys::fstatat(dir.fd(), "a")->st_mode & 07777, 0750u);
  write("file", "");
  EXPECT_EQ(message_of([&] { make_dirs(path("file/x")); }), cat("make folder ", path("file/x"), ": not a directory"));
  EXPECT_TRUE(make_dirs("/"));
  EXPECT_TRUE(make_dirs("."));
}

TEST_F(Files, LocksExclude) {
  {
    FileLock first = FileLock::take(dir.fd(), "l", FileLock::Mode::exclusive);
    EXPECT_FALSE(FileLock::try_take(dir.fd(), "l", FileLock::Mode::shared));
    FileLock moved = std::move(first);
    EXPECT_FALSE(FileLock::try_take(dir.fd(), "l", FileLock::Mode::shared));
  }
  auto one = FileLock::try_take(dir.fd(), "l", FileLock::Mode::shared);
  auto two = FileLock::try_take(dir.fd(), "l", FileLock::Mode::shared);
  EXPECT_TRUE(one && two);
  EXPECT_FALSE(FileLock::try_take(dir.fd(), "l", FileLock::Mode::exclusive));
  EXPECT_TRUE(sys::fstatat(dir.fd(), "l"));
}

TEST_F(Files, TempDirsAreRemovedWithTheirContent) {
  std::string name, kept;
  {
    TempDir temp(dir.fd(), "t-");
    name = temp.name();
    EXPECT_TRUE(name.starts_with("t-"));
    EXPECT_EQ(sys::fstat(temp.fd())->st_mode & 07777, 0700u);
    ASSERT_TRUE(sys::mkdirat(temp.fd(), "sub", 0));
    TempDir moved = std::move(temp);
    EXPECT_TRUE(sys::fstatat(dir.fd(), name));
    TempDir other(dir.fd(), "t-");
    kept = other.name();
    other.keep();
  }
  EXPECT_EQ(sys::fstatat(dir.fd(), name).error(), ENOENT);
  EXPECT_TRUE(sys::fstatat(dir.fd(), kept));
}

TEST(RandomName, HasTheLengthAndVaries) {
  EXPECT_EQ(random_name(0), "");
  EXPECT_EQ(random_name(200).size(), 200u);
  EXPECT_NE(random_name(20), random_name(20));
  EXPECT_EQ(random_name(1000).find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz"), std::string::npos);
}

} // namespace
} // namespace oci
