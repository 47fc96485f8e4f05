// What is in the files of a layer, on its way from the extractor to who wants it: pieces in a pipe, each with a header
// before it. The pipe's end is the layer's. The reading side does not trust the writing one.
#pragma once

#include "base/fd.h"
#include "base/io.h"
#include "unpack/tar_reader.h"
#include "unpack/unpack.h"

#include <array>
#include <cstdint>
#include <vector>

namespace oci::unpack {

struct ContentHeader {
  std::uint64_t entry = 0, size = 0;    // of the file
  std::uint64_t offset = 0, length = 0; // of the piece that follows
};

class ContentWriter {
public:
  explicit ContentWriter(int pipe) : pipe_(pipe, "what is in the files"), out_(pipe_) {}
  // The file that `tar` is at.
  void write(std::uint64_t entry, std::uint64_t size, TarReader& tar);
  void finish() { out_.flush(); }

private:
  FdSink pipe_;
  BufferedSink out_;
};

class ContentReader {
public:
  ContentReader(Fd pipe, FileReceiver& receiver);
  int fd() const { return pipe_.get(); } // -1 once there is no more
  void receive();                        // what is there; waits for something
  void finish();                         // the last file is whole

private:
  Bytes take_header(Bytes bytes);
  Bytes take_piece(Bytes bytes);
  void end_file();

  Fd pipe_;
  FileReceiver& receiver_;
  std::vector<std::byte> buffer_;
  std::array<std::byte, sizeof(ContentHeader)> header_bytes_{};
  std::size_t header_size_ = 0; // how much of it is there
  ContentHeader header_;        // of the piece that is being read
  bool in_file_ = false;
};

} // namespace oci::unpack
