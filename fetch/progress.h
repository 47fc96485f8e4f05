// What long work tells the user while it runs. The calls come from one thread. fetch itself never prints.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

namespace oci::fetch {

class Progress {
public:
  enum class Phase { download, extract, copy, verify };

  virtual ~Progress() = default;
  // Once a phase: how many pieces there are to work on, and their bytes together.
  virtual void begin(Phase phase, std::size_t pieces, std::uint64_t bytes) = 0;
  // A piece: `name` is unique within the phase and short enough to show (a layer's shortened digest). `already` bytes
  // of it are there from before.
  virtual void start(std::string_view name, std::uint64_t size, std::uint64_t already) = 0;
  virtual void advance(std::string_view name, std::uint64_t bytes) = 0; // that many more
  virtual void rewind(std::string_view name) = 0;                       // starts over from byte 0
  virtual void done(std::string_view name) = 0;
  // Closes the phase begun last: bars are taken off the terminal, a summary line is written. Also before an error.
  virtual void end() = 0;
  // Something worth a line now: "retrying in 2 s: connection reset".
  virtual void note(std::string_view line) = 0;
  // Called again and again while there is something to wait for. Throws when the work is to end now.
  virtual void check() {}
};

// Says nothing.
std::unique_ptr<Progress> silent_progress();
// A line when a piece starts and ends, for logs and pipes; to `fd`, which stays the caller's.
std::unique_ptr<Progress> line_progress(int fd);
// A bar for each piece and one for all, redrawn in place at most ten times a second; `fd` is a terminal.
std::unique_ptr<Progress> bar_progress(int fd);
// For programs: a JSON object a line, at most ten a second while bytes arrive.
std::unique_ptr<Progress> json_progress(int fd);
// Shows what `inner` shows. During a phase SIGINT, SIGTERM and SIGHUP are held back and end the work by an Error; they
// take effect once what is half made is gone.
std::unique_ptr<Progress> stoppable_progress(std::unique_ptr<Progress> inner);
// Bars when `fd` is a terminal that can redraw, lines otherwise.
std::unique_ptr<Progress> progress_for(int fd);

} // namespace oci::fetch
