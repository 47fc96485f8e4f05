// Progress that also stops the work when the user wants it.
#include "base/stop_signals.h"
#include "fetch/progress.h"

#include <chrono>
#include <optional>

namespace oci::fetch {
namespace {

using std::chrono::steady_clock;

class StoppableProgress final : public Progress {
public:
  explicit StoppableProgress(std::unique_ptr<Progress> inner) : inner_(std::move(inner)) {}

  void begin(Phase phase, std::size_t pieces, std::uint64_t bytes) override {
    has_own_stop_ = phase == Phase::extract;
    if (!stop_) stop_.emplace();
    inner_->begin(phase, pieces, bytes);
  }
  void start(std::string_view name, std::uint64_t size, std::uint64_t already) override {
    inner_->start(name, size, already);
  }
  void advance(std::string_view name, std::uint64_t bytes) override {
    inner_->advance(name, bytes);
    if (!has_own_stop_) check_now_and_then();
  }
  void rewind(std::string_view name) override { inner_->rewind(name); }
  void done(std::string_view name) override { inner_->done(name); }
  // Once interrupted, the signal waits until this object goes, which is after all that has to be undone.
  void end() override {
    inner_->end();
    if (!interrupted_) stop_.reset();
  }
  void note(std::string_view line) override { inner_->note(line); }
  void check() override {
    if (!stop_) return;
    try {
      stop_->check();
    } catch (...) {
      interrupted_ = true;
      throw;
    }
  }

private:
  // Bytes come thousands of times a second; a look is a system call.
  void check_now_and_then() {
    const auto now = steady_clock::now();
    if (now < next_look_) return;
    next_look_ = now + std::chrono::milliseconds(20);
    check();
  }

  std::optional<StopSignals> stop_;
  bool has_own_stop_ = false; // an unpacker is told by who made it
  bool interrupted_ = false;
  steady_clock::time_point next_look_;
  std::unique_ptr<Progress> inner_; // takes its bars away first
};

} // namespace

std::unique_ptr<Progress> stoppable_progress(std::unique_ptr<Progress> inner) {
  return std::make_unique<StoppableProgress>(std::move(inner));
}

} // namespace oci::fetch
