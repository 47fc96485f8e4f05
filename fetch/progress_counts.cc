#include "fetch/progress_counts.h"

#include "base/text.h"

#include <cmath>

namespace oci::fetch {
namespace {

// "2.3 s"
std::string seconds_text(double seconds) {
  auto tenths = static_cast<std::uint64_t>(std::llround(seconds * 10));
  return cat(tenths / 10, ".", tenths % 10, " s");
}

} // namespace

void ProgressCounts::begin(Progress::Phase phase, std::size_t pieces, std::uint64_t bytes) {
  *this = ProgressCounts();
  phase_ = phase;
  pieces_ = pieces;
  bytes_ = bytes;
  begun_ = now();
}

void ProgressCounts::start(std::string_view name, std::uint64_t size, std::uint64_t already) {
  running_[std::string(name)] = {size, already};
  at_ += already;
}

void ProgressCounts::advance(std::string_view name, std::uint64_t bytes) {
  at_ += bytes;
  moved_ += bytes;
  if (auto piece = running_.find(name); piece != running_.end()) piece->second.at += bytes;
}

void ProgressCounts::rewind(std::string_view name) {
  auto piece = running_.find(name);
  if (piece == running_.end()) return;
  at_ -= piece->second.at;
  piece->second.at = 0;
}

void ProgressCounts::done(std::string_view name) {
  done_ += 1;
  if (auto piece = running_.find(name); piece != running_.end()) running_.erase(piece);
}

std::uint64_t ProgressCounts::size_of(std::string_view name) const {
  auto piece = running_.find(name);
  return piece == running_.end() ? 0 : piece->second.size;
}

double ProgressCounts::seconds() const { return std::chrono::duration<double>(now() - begun_).count(); }

std::uint64_t ProgressCounts::rate() const {
  const double passed = seconds();
  return passed > 0 ? static_cast<std::uint64_t>(static_cast<double>(moved_) / passed) : 0;
}

std::string_view ProgressCounts::phase_name() const {
  switch (phase_) {
  case Progress::Phase::copy:
    return "copy";
  case Progress::Phase::extract:
    return "unpack";
  case Progress::Phase::verify:
    return "verify";
  case Progress::Phase::download:
    break;
  }
  return "download";
}

std::string_view ProgressCounts::doing() const {
  switch (phase_) {
  case Progress::Phase::copy:
    return "copying";
  case Progress::Phase::extract:
    return "extracting";
  case Progress::Phase::verify:
    return "verifying";
  case Progress::Phase::download:
    break;
  }
  return "downloading";
}

std::string_view ProgressCounts::done_word() const {
  switch (phase_) {
  case Progress::Phase::copy:
    return "copied";
  case Progress::Phase::extract:
    return "extracted";
  case Progress::Phase::verify:
    return "verified";
  case Progress::Phase::download:
    break;
  }
  return "downloaded";
}

std::string ProgressCounts::pieces_text(std::size_t count) const {
  std::string_view word = phase_ == Progress::Phase::extract ? "layer" : "blob";
  return cat(count, " ", word, count == 1 ? "" : "s");
}

std::string ProgressCounts::total_text() const {
  std::string text = cat(done_, " of ", pieces_text(pieces_), ", ", human_bytes(at_), " of ", human_bytes(bytes_));
  if (seconds() < 1) return text;
  return cat(text, ", ", human_bytes(rate()), "/s");
}

std::string ProgressCounts::summary() const {
  return cat(done_word(), " ", pieces_text(pieces_), ", ", human_bytes(bytes_), " in ", seconds_text(seconds()));
}

} // namespace oci::fetch
