#include "base/sys.h"

#include "base/files.h"
#include "base/io.h"

#include <csignal>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

namespace oci {
namespace {

bool is_close_on_exec(const Fd& fd) { return (::fcntl(fd.get(), F_GETFD) & FD_CLOEXEC) != 0; }
bool is_open(int fd) { return ::fcntl(fd, F_GETFD) != -1; }

TEST(Fd, OwnsAndMoves) {
  sys::Pipe pipe = sys::pipe().value();
  int number = pipe.read_end.get();
  Fd moved = std::move(pipe.read_end);
  EXPECT_FALSE(pipe.read_end);
  EXPECT_TRUE(is_open(number));
  moved = std::move(pipe.write_end);
  EXPECT_FALSE(is_open(number));
  number = moved.get();
  errno = E2BIG;
  moved.reset();
  EXPECT_EQ(errno, E2BIG);
  EXPECT_FALSE(is_open(number));
}

TEST(Fd, ReleaseGivesUpOwnership) {
  sys::Pipe pipe = sys::pipe().value();
  int number = pipe.read_end.release();
  EXPECT_FALSE(pipe.read_end);
  EXPECT_TRUE(is_open(number));
  Fd again(number);
}

TEST(Sys, ErrorsAreValues) {
  Result<Fd> fd = sys::open("/does/not/exist", O_RDONLY);
  ASSERT_FALSE(fd);
  EXPECT_EQ(fd.error(), ENOENT);
  EXPECT_EQ(sys::fsync(-1).error(), EBADF);
  EXPECT_EQ(sys::stat("/does/not/exist").error(), ENOENT);
}

TEST(Sys, NewDescriptorsAreCloseOnExec) {
  EXPECT_TRUE(is_close_on_exec(*sys::open("/", O_RDONLY | O_DIRECTORY)));
  EXPECT_TRUE(is_close_on_exec(*sys::openat2(AT_FDCWD, "/", O_RDONLY | O_DIRECTORY, 0)));
  EXPECT_TRUE(is_close_on_exec(sys::pipe()->write_end));
  EXPECT_TRUE(is_close_on_exec(sys::socketpair(SOCK_STREAM)->child));
  EXPECT_TRUE(is_close_on_exec(*sys::memfd_create("x", 0)));
  EXPECT_TRUE(is_close_on_exec(*sys::pidfd_open(::getpid())));
}

TEST(Sys, Openat2StaysBeneath) {
  TempDir dir(AT_FDCWD, "oci-test-");
  ASSERT_TRUE(sys::symlinkat("/etc", dir.fd(), "out"));
  Result<Fd> fd = sys::openat2(dir.fd(), "out/passwd", O_RDONLY, RESOLVE_BENEATH);
  ASSERT_FALSE(fd);
  EXPECT_EQ(fd.error(), EXDEV);
  EXPECT_EQ(sys::openat2(dir.fd(), "out/passwd", O_RDONLY, RESOLVE_IN_ROOT).error(), ENOENT);
}

TEST(Sys, ReadlinkatTakesLongTargets) {
  TempDir dir(AT_FDCWD, "oci-test-");
  std::string target(4000, 'x');
  ASSERT_TRUE(sys::symlinkat(target, dir.fd(), "link"));
  EXPECT_EQ(sys::readlinkat(dir.fd(), "link").value(), target);
  EXPECT_EQ(sys::readlinkat(dir.fd(), "none").error(), ENOENT);
}

TEST(Sys, FilesAndNames) {
  TempDir dir(AT_FDCWD, "oci-test-");
  Fd file = sys::openat(dir.fd(), "a", O_RDWR | O_CREAT, 0600).value();
  ASSERT_TRUE(sys::write(file.get(), "hello", 5));
  char text[3];
  EXPECT_EQ(sys::pread(file.get(), text, 3, 2).value(), 3u);
  EXPECT_EQ(std::string_view(text, 3), "llo");
  ASSERT_TRUE(sys::ftruncate(file.get(), 1));
  EXPECT_EQ(sys::fstat(file.get())->st_size, 1);
  EXPECT_EQ(sys::lseek(file.get(), 0, SEEK_END).value(), 1);
  ASSERT_TRUE(sys::linkat(dir.fd(), "a", dir.fd(), "b"));
  EXPECT_EQ(sys::fstatat(dir.fd(), "b")->st_nlink, 2u);
  EXPECT_EQ(sys::renameat2(dir.fd(), "a", dir.fd(), "b", RENAME_NOREPLACE).error(), EEXIST);
  ASSERT_TRUE(sys::mkdirat(dir.fd(), "d", 0700));
  ASSERT_TRUE(sys::renameat(dir.fd(), "a", dir.fd(), "d/a"));
  ASSERT_TRUE(sys::mknodat(dir.fd(), "fifo", S_IFIFO | 0600, 0));
  EXPECT_TRUE(S_ISFIFO(sys::fstatat(dir.fd(), "fifo")->st_mode));
  EXPECT_EQ(sys::unlinkat(dir.fd(), "d", AT_REMOVEDIR).error(), ENOTEMPTY);
}

TEST(Sys, DescriptorsTravel) {
  sys::SocketPair pair = sys::socketpair(SOCK_SEQPACKET).value();
  sys::Pipe pipe = sys::pipe().value();
  int fds[] = {pipe.read_end.get(), pipe.write_end.get()};
  ASSERT_TRUE(sys::send_fds(pair.parent.get(), "two", fds));
  ASSERT_TRUE(sys::send_fds(pair.parent.get(), "none", {}));
  char buffer[16];
  sys::Received received = sys::receive_fds(pair.child.get(), buffer).value();
  EXPECT_EQ(std::string_view(buffer, received.size), "two");
  ASSERT_EQ(received.fds.size(), 2u);
  EXPECT_TRUE(is_close_on_exec(received.fds[0]));
  ASSERT_TRUE(write_all(received.fds[1].get(), "x"));
  char byte;
  EXPECT_EQ(sys::read(pipe.read_end.get(), &byte, 1).value(), 1u);
  received = sys::receive_fds(pair.child.get(), buffer).value();
  EXPECT_EQ(std::string_view(buffer, received.size), "none");
  EXPECT_TRUE(received.fds.empty());
  pair.parent.reset();
  EXPECT_EQ(sys::receive_fds(pair.child.get(), buffer)->size, 0u);
  EXPECT_EQ(sys::send_fds(pair.child.get(), "x", {}).error(), EPIPE); // and no SIGPIPE
}

TEST(Sys, SixteenDescriptorsFitAndNoMore) {
  sys::SocketPair pair = sys::socketpair(SOCK_STREAM).value();
  std::vector<int> fds(16, 0);
  char buffer[4];
  ASSERT_TRUE(sys::send_fds(pair.parent.get(), "x", fds));
  EXPECT_EQ(sys::receive_fds(pair.child.get(), buffer)->fds.size(), 16u);
  fds.push_back(0);
  EXPECT_EQ(sys::send_fds(pair.parent.get(), "x", fds).error(), EINVAL);
}

TEST(Sys, AMessageThatDoesNotFitIsRefused) {
  sys::SocketPair pair = sys::socketpair(SOCK_SEQPACKET).value();
  ASSERT_TRUE(sys::send_fds(pair.parent.get(), "too long", {}));
  char buffer[4];
  EXPECT_EQ(sys::receive_fds(pair.child.get(), buffer).error(), EMSGSIZE);
}

TEST(Sys, PidfdsAndLocks) {
  Fd self = sys::pidfd_open(::getpid()).value();
  EXPECT_TRUE(sys::pidfd_send_signal(self.get(), 0));
  EXPECT_EQ(sys::pidfd_open(-1).error(), EINVAL);
  TempDir dir(AT_FDCWD, "oci-test-");
  Fd a = sys::openat(dir.fd(), "lock", O_RDWR | O_CREAT, 0600).value();
  Fd b = sys::openat(dir.fd(), "lock", O_RDWR).value();
  ASSERT_TRUE(sys::flock(a.get(), LOCK_EX));
  EXPECT_EQ(sys::flock(b.get(), LOCK_SH | LOCK_NB).error(), EWOULDBLOCK);
  ASSERT_TRUE(sys::flock(a.get(), LOCK_UN));
  EXPECT_TRUE(sys::flock(b.get(), LOCK_SH | LOCK_NB));
}

TEST(Sys, CloseRange) {
  Fd low = Fd(::fcntl(0, F_DUPFD_CLOEXEC, 900));
  int number = low.release();
  ASSERT_TRUE(sys::close_range(900, 1000, 0));
  EXPECT_FALSE(is_open(number));
}

} // namespace
} // namespace oci
