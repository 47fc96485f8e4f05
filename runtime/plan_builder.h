// Lays out the buffer of init_plan.h.
#pragma once

#include "runtime/init_plan.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace oci::runtime {

class PlanBuilder {
public:
  PlanBuilder() : data_(8, '\0') {}

  // Offsets in data. A text of "" is 0; NUL in a text throws.
  std::uint32_t text(std::string_view text);
  // `spare`: places behind the list's end, for entries that init adds.
  std::uint32_t list(const std::vector<std::string>& items, std::size_t spare = 0);
  std::uint32_t bytes(const void* bytes, std::size_t size); // aligned to 8
  template <class T>
  std::uint32_t object(const T& value) {
    return bytes(&value, sizeof value);
  }

  std::uint32_t descriptor() { return fds_++; } // a further place in the table
  void add(const PlanStep& step) { steps_.push_back(step); }
  const std::vector<PlanStep>& steps() const { return steps_; }

  // The buffer; all descriptors are -1.
  std::string finish(unsigned preserve_fds) const;

private:
  void align();
  std::vector<PlanStep> steps_;
  std::string data_;
  std::uint32_t fds_ = first_free_fd;
};

// Reads a finished buffer; for errors and tests.
class PlanView {
public:
  explicit PlanView(const std::string& buffer) : buffer_(buffer) {}
  const PlanHeader& header() const { return *reinterpret_cast<const PlanHeader*>(buffer_.data()); }
  std::uint32_t size() const { return header().step_count; }
  PlanStep step(std::uint32_t index) const;
  std::string text(std::uint64_t offset) const { return buffer_.data() + header().data + offset; }
  std::vector<std::string> list(std::uint64_t offset) const;
  MountStep mount(const PlanStep& step) const;

private:
  const std::string& buffer_;
};

} // namespace oci::runtime
