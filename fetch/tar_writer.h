// A tar archive whose members are written side by side: each has a place of its own in the file as soon as its size is
// known, so that parallel transfers need no copy in between. Members are root's, of time 0: the same content gives the
// same archive.
#pragma once

#include "base/fd.h"
#include "base/io.h"

#include <cstdint>
#include <memory>
#include <string>
#include <sys/types.h>

namespace oci::fetch {

class TarWriter {
public:
  // Writes to an empty regular file, which stays the caller's. `scratch` is a folder for what has to wait.
  TarWriter(int file, std::string name, int scratch) : file_(file), scratch_(scratch), name_(std::move(name)) {}

  // A member being written; its name is told at commit. Not committed it leaves a gap that a reader trips over: the
  // archive is then to be thrown away.
  class Member : public Sink {
  public:
    virtual void restart() = 0;
    virtual void commit(const std::string& name, mode_t mode) = 0;
  };
  std::unique_ptr<Member> begin(std::uint64_t size); // exactly that many bytes follow
  std::unique_ptr<Member> begin();                   // of a size that is known at commit

  void add_file(const std::string& name, std::string_view content, mode_t mode);
  void add_folder(const std::string& name); // "blobs/"
  void add_link(const std::string& name, const std::string& target);
  void finish(); // no member may be open

private:
  class Placed;
  class Waiting;
  std::uint64_t reserve(std::uint64_t size); // where the header goes
  void put_header(std::uint64_t at, const std::string& name, char type, std::uint64_t size, mode_t mode,
                  const std::string& target);
  void write_at(std::uint64_t at, Bytes bytes);
  void append(int file, std::uint64_t size, const std::string& name, mode_t mode);

  int file_, scratch_;
  std::string name_;
  std::uint64_t end_ = 0;
};

// A file without a name in `folder`, for what may take much room; `purpose` is for errors.
Fd nameless_file(int folder, const std::string& purpose);

} // namespace oci::fetch
