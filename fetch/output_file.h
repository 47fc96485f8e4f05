// A file that appears under its name only when it is whole. "-" is stdout, and what is no regular file (a pipe, a
// device) is written to at the end, in one go.
#pragma once

#include "base/fd.h"

#include <string>

namespace oci::fetch {

class OutputFile {
public:
  // scratch: a folder for what goes to stdout.
  OutputFile(std::string path, int scratch);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  int fd() const { return file_.get(); } // of a regular file, empty at first
  const std::string& shown() const { return shown_; }
  void publish();

private:
  void pour(int to);

  std::string path_, shown_, temporary_; // temporary_: "" while the file has no name
  Fd folder_, file_;
  bool pours_ = false;
};

} // namespace oci::fetch
