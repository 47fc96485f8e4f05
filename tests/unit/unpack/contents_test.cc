#include "unpack/contents.h"

#include "base/sys.h"

#include <gtest/gtest.h>

using namespace oci;
using namespace oci::unpack;

namespace {

class Written final : public FileReceiver {
public:
  void begin(std::uint64_t entry, std::uint64_t size) override { text += cat("[", entry, " ", size); }
  void piece(std::uint64_t offset, Bytes bytes) override { text += cat(" ", offset, "=", as_text(bytes)); }
  void end() override { text += "]"; }
  std::string text;
};

class ContentReaderTest : public testing::Test {
protected:
  void send(Bytes bytes) {
    ASSERT_TRUE(write_all(pipe_.write_end.get(), as_text(bytes)));
    reader_.receive();
  }
  void send(const ContentHeader& header) { send(std::as_bytes(std::span(&header, 1))); }

  Written written_;
  sys::Pipe pipe_ = *sys::pipe();
  ContentReader reader_{std::move(pipe_.read_end), written_};
};

TEST_F(ContentReaderTest, GivesFilesAndTheirPieces) {
  send({3, 10, 0, 0});
  send({3, 10, 2, 4});
  send(as_bytes("abcd"));
  send({3, 10, 8, 1});
  send(as_bytes("e"));
  send({5, 0, 0, 0});
  pipe_.write_end.reset();
  reader_.receive();
  EXPECT_EQ(reader_.fd(), -1);
  reader_.finish();
  EXPECT_EQ(written_.text, "[3 10 2=abcd 8=e][5 0]");
}

TEST_F(ContentReaderTest, TakesBytesAsTheyCome) {
  const ContentHeader header{1, 4, 0, 4};
  const Bytes bytes = std::as_bytes(std::span(&header, 1));
  for (std::size_t i = 0; i < bytes.size(); ++i) send(bytes.subspan(i, 1));
  send(as_bytes("ab"));
  send(as_bytes("cd"));
  reader_.finish();
  EXPECT_EQ(written_.text, "[1 4 0=ab 2=cd]");
}

TEST_F(ContentReaderTest, RefusesAnEndInTheMiddle) {
  send({1, 4, 0, 4});
  send(as_bytes("ab"));
  EXPECT_THROW(reader_.finish(), Error);
  send(as_bytes("cd"));
  send(as_bytes("half a header"));
  EXPECT_THROW(reader_.finish(), Error);
}

} // namespace
