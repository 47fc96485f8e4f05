// Bytes between our stdin and stdout and a pseudo-terminal.
#pragma once

#include "base/fd.h"

#include <array>
#include <cstddef>
#include <poll.h>

namespace oci::runtime {

// One direction: what was read and is not written yet. Nothing is read while anything is left.
struct Pending {
  std::array<char, 16384> bytes;
  std::size_t begin = 0, end = 0;
  bool open = true; // there may be more to read
  bool empty() const { return begin == end; }
};

class TerminalRelay {
public:
  explicit TerminalRelay(Fd master);

  // What to wait for now: stdin, stdout and the master, each with fd -1 where there is nothing to wait for.
  static constexpr std::size_t watched = 3;
  void watch(pollfd* entries) const;
  void handle(const pollfd* entries);

  // After the program's end: takes in what the terminal still holds. True while there is something to be written.
  bool finish();

  void copy_window_size(); // from our terminal, where we have one

private:
  void read_input();
  void read_output();
  void write_input();
  void write_output();
  void end_input();

  Fd master_;
  Fd own_stdout_; // a non-blocking twin of stdout where there can be one
  int stdout_;
  Pending input_, output_;
  bool line_began_ = false; // the input's last byte was no newline
};

} // namespace oci::runtime
