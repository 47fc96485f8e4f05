// Progress for programs: one JSON object a line.
#include "base/json.h"
#include "base/text.h"
#include "fetch/progress.h"
#include "fetch/progress_counts.h"

#include <cmath>
#include <unistd.h>

namespace oci::fetch {
namespace {

constexpr std::chrono::milliseconds interval{100};

class JsonProgress final : public Progress {
public:
  explicit JsonProgress(int fd) : fd_(fd) {}

  void begin(Phase phase, std::size_t pieces, std::uint64_t bytes) override {
    counts_.begin(phase, pieces, bytes);
    print(event("begin"));
  }
  void start(std::string_view name, std::uint64_t size, std::uint64_t already) override {
    counts_.start(name, size, already);
    print(event_of("start", name));
  }
  void advance(std::string_view name, std::uint64_t bytes) override {
    counts_.advance(name, bytes);
    if (counts_.now() - printed_at_ >= interval) print(event_of("progress", name));
  }
  void rewind(std::string_view name) override {
    counts_.rewind(name);
    print(event_of("restart", name));
  }
  void done(std::string_view name) override {
    Json line = event_of("done", name);
    counts_.done(name);
    line.set("total", total());
    print(std::move(line));
  }
  void end() override {
    Json line = event("end");
    line.set("complete", counts_.is_complete());
    print(std::move(line));
  }
  void note(std::string_view text) override {
    Json line;
    line.set("event", "note");
    line.set("text", printable(text));
    print(std::move(line));
  }

private:
  Json total() const {
    Json total;
    total.set("done", std::uint64_t{counts_.pieces_done()});
    total.set("pieces", std::uint64_t{counts_.pieces()});
    total.set("bytes", counts_.at());
    total.set("size", counts_.bytes());
    total.set("seconds", std::round(counts_.seconds() * 1000) / 1000);
    total.set("rate", counts_.rate());
    return total;
  }
  Json event(std::string_view what) const {
    Json line;
    line.set("event", what);
    line.set("phase", counts_.phase_name());
    line.set("total", total());
    return line;
  }
  Json event_of(std::string_view what, std::string_view name) const {
    Json line;
    line.set("event", what);
    line.set("phase", counts_.phase_name());
    line.set("id", name);
    if (const auto piece = counts_.running().find(name); piece != counts_.running().end()) {
      line.set("bytes", piece->second.at);
      line.set("size", piece->second.size);
    }
    line.set("total", total());
    return line;
  }

  void print(Json line) {
    printed_at_ = counts_.now();
    const std::string text = cat(dump_json(line), "\n");
    [[maybe_unused]] ssize_t count = ::write(fd_, text.data(), text.size()); // nobody to tell when it is gone
  }

  int fd_;
  ProgressCounts counts_;
  ProgressCounts::Clock::time_point printed_at_;
};

} // namespace

std::unique_ptr<Progress> json_progress(int fd) { return std::make_unique<JsonProgress>(fd); }

} // namespace oci::fetch
