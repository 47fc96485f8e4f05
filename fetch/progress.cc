// Progress that says nothing, and progress in lines.
#include "fetch/progress.h"

#include "base/text.h"
#include "fetch/progress_counts.h"

#include <cstdlib>
#include <unistd.h>

namespace oci::fetch {
namespace {

constexpr std::chrono::seconds silence{10}; // the longest, while bytes arrive

class SilentProgress final : public Progress {
public:
  void begin(Phase, std::size_t, std::uint64_t) override {}
  void start(std::string_view, std::uint64_t, std::uint64_t) override {}
  void advance(std::string_view, std::uint64_t) override {}
  void rewind(std::string_view) override {}
  void done(std::string_view) override {}
  void end() override {}
  void note(std::string_view) override {}
};

class LineProgress final : public Progress {
public:
  explicit LineProgress(int fd) : fd_(fd) {}

  void begin(Phase phase, std::size_t pieces, std::uint64_t bytes) override {
    counts_.begin(phase, pieces, bytes);
    print(cat(counts_.doing(), " ", counts_.pieces_text(pieces), ", ", human_bytes(bytes)));
  }
  void start(std::string_view name, std::uint64_t size, std::uint64_t already) override {
    counts_.start(name, size, already);
    if (already > 0) print(cat(name, ": ", human_bytes(already), " of ", human_bytes(size), " are there already"));
  }
  void advance(std::string_view name, std::uint64_t bytes) override {
    counts_.advance(name, bytes);
    if (counts_.now() - printed_at_ >= silence) print(counts_.total_text());
  }
  void rewind(std::string_view name) override { counts_.rewind(name); }
  void done(std::string_view name) override {
    print(cat(name, ": ", counts_.done_word(), ", ", human_bytes(counts_.size_of(name))));
    counts_.done(name);
  }
  void end() override {
    if (counts_.is_complete()) print(counts_.summary());
  }
  void note(std::string_view line) override { print(printable(line)); }

private:
  void print(std::string_view line) {
    printed_at_ = counts_.now();
    std::string text = cat(line, "\n");
    [[maybe_unused]] ssize_t count = ::write(fd_, text.data(), text.size()); // nobody to tell when stderr is gone
  }

  int fd_;
  ProgressCounts counts_;
  ProgressCounts::Clock::time_point printed_at_;
};

bool can_redraw(int fd) {
  const char* terminal = std::getenv("TERM");
  return isatty(fd) == 1 && terminal && std::string_view(terminal) != "dumb" && *terminal != '\0';
}

} // namespace

std::unique_ptr<Progress> silent_progress() { return std::make_unique<SilentProgress>(); }
std::unique_ptr<Progress> line_progress(int fd) { return std::make_unique<LineProgress>(fd); }
std::unique_ptr<Progress> progress_for(int fd) { return can_redraw(fd) ? bar_progress(fd) : line_progress(fd); }

} // namespace oci::fetch
