#include "runtime/plan_builder.h"

#include "base/error.h"

#include <cstring>
#include <limits>

namespace oci::runtime {

void PlanBuilder::align() { data_.resize((data_.size() + 7) & ~std::size_t{7}); }

std::uint32_t PlanBuilder::text(std::string_view text) {
  if (text.empty()) return 0;
  if (text.find('\0') != std::string_view::npos) fail("holds a NUL character");
  std::size_t offset = data_.size();
  data_.append(text);
  data_.push_back('\0');
  return static_cast<std::uint32_t>(offset);
}

std::uint32_t PlanBuilder::list(const std::vector<std::string>& items, std::size_t spare) {
  std::vector<std::uint64_t> offsets;
  offsets.reserve(items.size() + 1 + spare);
  for (const std::string& item : items) {
    offsets.push_back(data_.size()); // never 0, not even for ""
    if (item.find('\0') != std::string::npos) fail("holds a NUL character");
    data_.append(item.c_str(), item.size() + 1);
  }
  offsets.resize(items.size() + 1 + spare);
  return bytes(offsets.data(), offsets.size() * sizeof(std::uint64_t));
}

std::uint32_t PlanBuilder::bytes(const void* bytes, std::size_t size) {
  align();
  std::size_t offset = data_.size();
  data_.append(static_cast<const char*>(bytes), size);
  return static_cast<std::uint32_t>(offset);
}

std::string PlanBuilder::finish(unsigned preserve_fds) const {
  std::size_t steps_size = steps_.size() * sizeof(PlanStep);
  std::size_t fds_size = (fds_ * sizeof(std::int32_t) + 7) & ~std::size_t{7};
  constexpr std::size_t steps_at = (sizeof(PlanHeader) + 7) & ~std::size_t{7};
  static_assert(steps_at == plan_steps_offset);
  std::size_t size = steps_at + steps_size + fds_size + data_.size();
  if (size > std::size_t{std::numeric_limits<std::int32_t>::max()}) fail("the config is too large");
  PlanHeader header{};
  header.magic = plan_magic;
  header.size = static_cast<std::uint32_t>(size);
  header.step_count = static_cast<std::uint32_t>(steps_.size());
  header.fd_count = fds_;
  header.fds = static_cast<std::uint32_t>(steps_at + steps_size);
  header.data = static_cast<std::uint32_t>(steps_at + steps_size + fds_size);
  header.preserve_fds = preserve_fds;
  std::string buffer;
  buffer.reserve(size);
  buffer.append(reinterpret_cast<const char*>(&header), sizeof header);
  buffer.resize(steps_at);
  buffer.append(reinterpret_cast<const char*>(steps_.data()), steps_size);
  buffer.append(fds_size, '\xff');
  buffer.append(data_);
  return buffer;
}

PlanStep PlanView::step(std::uint32_t index) const {
  PlanStep step{};
  std::memcpy(&step, buffer_.data() + plan_steps_offset + index * sizeof step, sizeof step);
  return step;
}

std::vector<std::string> PlanView::list(std::uint64_t offset) const {
  std::vector<std::string> items;
  for (;; offset += sizeof(std::uint64_t)) {
    std::uint64_t at;
    std::memcpy(&at, buffer_.data() + header().data + offset, sizeof at);
    if (at == 0) return items;
    items.push_back(text(at));
  }
}

MountStep PlanView::mount(const PlanStep& step) const {
  MountStep mount;
  std::memcpy(&mount, buffer_.data() + header().data + step.a, sizeof mount);
  return mount;
}

} // namespace oci::runtime
