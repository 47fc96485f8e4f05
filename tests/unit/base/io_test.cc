#include "base/io.h"

#include "base/sys.h"

#include <functional>
#include <gtest/gtest.h>
#include <thread>

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

Fd memory(std::string_view text) {
  Fd fd = sys::memfd_create("test", 0).value();
  check(write_all(fd.get(), text), "write");
  check(sys::lseek(fd.get(), 0, SEEK_SET), "seek");
  return fd;
}

TEST(Io, SourceAndSinkOverAPipe) {
  sys::Pipe pipe = sys::pipe().value();
  std::string sent(1 << 20, 'x'); // more than a pipe holds
  std::thread writer([&] {
    FdSink(pipe.write_end.get(), "pipe").write(as_bytes(sent));
    pipe.write_end.reset();
  });
  FdSource source(pipe.read_end.get(), "pipe");
  std::string got;
  std::byte buffer[1000];
  while (std::size_t size = source.read(buffer)) got += as_text(Bytes(buffer, size));
  writer.join();
  EXPECT_EQ(got, sent);
}

TEST(Io, ErrorsNameTheThing) {
  std::byte byte;
  EXPECT_EQ(message_of([&] { FdSource(-1, "layer 3").read({&byte, 1}); }), "read layer 3: bad file descriptor");
  EXPECT_EQ(message_of([&] { FdSink(-1, "layer 3").write(as_bytes("x")); }), "write layer 3: bad file descriptor");
}

TEST(Io, BufferedSinkHandsOnTogetherAndInOrder) {
  class Log final : public Sink {
  public:
    void write(Bytes bytes) override { writes.emplace_back(as_text(bytes)); }
    std::vector<std::string> writes;
  } log;
  const std::string large(100'000, 'l');
  BufferedSink sink(log);
  for (const char* text : {"a", "b", "c"}) sink.write(as_bytes(text));
  EXPECT_TRUE(log.writes.empty());
  sink.write(as_bytes(large));
  sink.write(as_bytes("d"));
  sink.flush();
  sink.flush();
  EXPECT_EQ(log.writes, (std::vector<std::string>{"abc", large, "d"}));
}

TEST(Io, StringSource) {
  StringSource source("abc");
  std::byte two[2];
  EXPECT_EQ(source.read(two), 2u);
  EXPECT_EQ(as_text(two), "ab");
  EXPECT_EQ(source.read(two), 1u);
  EXPECT_EQ(source.read(two), 0u);
}

TEST(Io, WriteAllReportsAFullDevice) {
  Fd full = sys::open("/dev/full", O_WRONLY).value();
  EXPECT_EQ(write_all(full.get(), "x").error(), ENOSPC);
  EXPECT_TRUE(write_all(full.get(), ""));
}

TEST(Io, ReadAllHasALimit) {
  EXPECT_EQ(read_all(memory("12345").get(), 5, "x"), "12345");
  EXPECT_EQ(message_of([] { read_all(memory("123456").get(), 5, "x"); }), "x: larger than 5 bytes");
  EXPECT_EQ(read_all(memory("").get(), 0, "x"), "");
  EXPECT_EQ(message_of([] { read_all(memory("1").get(), 0, "x"); }), "x: larger than 0 bytes");
  EXPECT_EQ(read_all(memory("1").get(), SIZE_MAX, "x"), "1");
}

TEST(Io, ReadAllTakesTheRestAndUnknownSizes) {
  Fd fd = memory("abcdef");
  check(sys::lseek(fd.get(), 2, SEEK_SET), "seek");
  EXPECT_EQ(read_all(fd.get(), 100, "x"), "cdef");
  Fd proc = sys::open("/proc/self/status", O_RDONLY).value();
  EXPECT_NE(read_all(proc.get(), 1 << 20, "x").find("Threads:"), std::string::npos);
  std::string large(3'000'000, 'y');
  EXPECT_EQ(read_all(memory(large).get(), 3'000'000, "x"), large);
}

TEST(Io, ReadAllOfAnEndlessDeviceEnds) {
  Fd zero = sys::open("/dev/zero", O_RDONLY).value();
  EXPECT_EQ(message_of([&] { read_all(zero.get(), 100'000, "/dev/zero"); }), "/dev/zero: larger than 100000 bytes");
}

} // namespace
} // namespace oci
