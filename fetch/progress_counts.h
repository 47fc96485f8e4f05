// The numbers behind a progress display.
#pragma once

#include "fetch/progress.h"

#include <chrono>
#include <map>
#include <string>

namespace oci::fetch {

class ProgressCounts {
public:
  using Clock = std::chrono::steady_clock;
  struct Piece {
    std::uint64_t size = 0, at = 0;
  };

  void begin(Progress::Phase phase, std::size_t pieces, std::uint64_t bytes);
  void start(std::string_view name, std::uint64_t size, std::uint64_t already);
  void advance(std::string_view name, std::uint64_t bytes);
  void rewind(std::string_view name);
  void done(std::string_view name);

  Clock::time_point now() const { return Clock::now(); }
  bool is_complete() const { return done_ == pieces_; }
  std::uint64_t size_of(std::string_view name) const;
  std::uint64_t at() const { return at_; }
  std::uint64_t bytes() const { return bytes_; }
  std::size_t pieces() const { return pieces_; }
  std::size_t pieces_done() const { return done_; }
  double seconds() const;
  std::uint64_t rate() const; // bytes a second, moved in this run
  const std::map<std::string, Piece, std::less<>>& running() const { return running_; }

  std::string_view phase_name() const;              // "download"
  std::string_view doing() const;                   // "downloading"
  std::string_view done_word() const;               // "downloaded"
  std::string pieces_text(std::size_t count) const; // "3 blobs", "1 layer"
  std::string total_text() const;                   // "1 of 3 blobs, 12.0 MiB of 29.1 MiB, 5.1 MiB/s"
  std::string summary() const;                      // "downloaded 3 blobs, 29.1 MiB in 2.3 s"

private:
  Progress::Phase phase_ = Progress::Phase::download;
  std::size_t pieces_ = 0, done_ = 0;
  std::uint64_t bytes_ = 0, at_ = 0, moved_ = 0; // moved: in this run, for the rate
  Clock::time_point begun_;
  std::map<std::string, Piece, std::less<>> running_;
};

} // namespace oci::fetch
