// Bars on a terminal: a line for each piece that is worked on and one for all, drawn over themselves. When the phase
// ends they go, and a summary stays.
#include "base/text.h"
#include "fetch/progress.h"
#include "fetch/progress_counts.h"

#include <algorithm>
#include <sys/ioctl.h>
#include <unistd.h>

namespace oci::fetch {
namespace {

constexpr std::chrono::milliseconds redraw_interval{100};
constexpr std::size_t bar_width = 30;
constexpr std::size_t max_lines = 12;
constexpr std::string_view clear_line = "\x1b[K";

std::string bar(std::uint64_t at, std::uint64_t size) {
  double part = size == 0 ? 1 : std::min(1.0, static_cast<double>(at) / static_cast<double>(size));
  auto full = static_cast<std::size_t>(part * bar_width);
  return cat("[", std::string(full, '='), std::string(bar_width - full, ' '), "]");
}

class BarProgress final : public Progress {
public:
  explicit BarProgress(int fd) : fd_(fd) {}
  ~BarProgress() override { erase(); }

  void begin(Phase phase, std::size_t pieces, std::uint64_t bytes) override {
    counts_.begin(phase, pieces, bytes);
    draw();
  }
  void start(std::string_view name, std::uint64_t size, std::uint64_t already) override {
    counts_.start(name, size, already);
    draw_sometimes();
  }
  void advance(std::string_view name, std::uint64_t bytes) override {
    counts_.advance(name, bytes);
    draw_sometimes();
  }
  void rewind(std::string_view name) override { counts_.rewind(name); }
  void done(std::string_view name) override {
    counts_.done(name);
    draw_sometimes();
  }
  void end() override {
    erase();
    if (counts_.is_complete()) print(cat(counts_.summary(), "\n"));
  }
  void note(std::string_view line) override {
    erase();
    print(cat(printable(line), "\n"));
    draw();
  }

private:
  std::size_t width() const {
    winsize size{};
    return ioctl(fd_, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
  }

  void draw_sometimes() {
    if (counts_.now() - drawn_at_ >= redraw_interval) draw();
  }

  void draw() {
    drawn_at_ = counts_.now();
    std::string text = back_to_first_line();
    std::size_t columns = width(), lines = 0;
    auto add = [&](std::string line) {
      line.resize(std::min(line.size(), columns - 1)); // one that wraps could not be drawn over
      text += cat(line, clear_line, "\n");
      ++lines;
    };
    for (const auto& [name, piece] : counts_.running()) {
      if (lines == max_lines) break;
      add(cat(name, " ", bar(piece.at, piece.size), " ", human_bytes(piece.at), " / ", human_bytes(piece.size)));
    }
    add(cat(counts_.doing(), " ", counts_.total_text()));
    text += "\x1b[J";
    lines_ = lines;
    print(text);
  }

  std::string back_to_first_line() const { return lines_ == 0 ? "\r" : cat("\r\x1b[", lines_, "A"); }

  void erase() {
    if (lines_ == 0) return;
    print(cat(back_to_first_line(), "\x1b[J"));
    lines_ = 0;
  }

  void print(std::string_view text) { [[maybe_unused]] ssize_t count = ::write(fd_, text.data(), text.size()); }

  int fd_;
  ProgressCounts counts_;
  ProgressCounts::Clock::time_point drawn_at_;
  std::size_t lines_ = 0; // on the screen
};

} // namespace

std::unique_ptr<Progress> bar_progress(int fd) { return std::make_unique<BarProgress>(fd); }

} // namespace oci::fetch
