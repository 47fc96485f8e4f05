#include "spec/config_rules.h"

#include <set>

namespace oci::spec {
namespace {

constexpr std::string_view where = "linux.resources.";

void check_device_rules(const Resources& resources, Findings& findings) {
  for (std::size_t i = 0; i < resources.devices.size(); ++i) {
    const DeviceRule& rule = resources.devices[i];
    const std::string path = cat(where, "devices[", i, "]");
    findings.one_of(cat(path, ".type"), rule.type, {"a", "c", "b"});
    if (rule.access.find_first_not_of("rwm") != std::string::npos)
      findings.error(cat(path, ".access"), "letters of r, w and m only: \"", printable(rule.access, 80), "\"");
  }
}

void check_memory(const MemoryResources& memory, Findings& findings) {
  for (const auto& [field, value] : {std::pair<const char*, const std::optional<std::int64_t>&>{"limit", memory.limit},
                                     {"reservation", memory.reservation},
                                     {"swap", memory.swap}})
    if (value && *value < -1) findings.error(cat(where, "memory.", field), "below -1, which is no limit: ", *value);
  if (memory.limit && memory.swap && *memory.limit > 0 && *memory.swap > 0 && *memory.swap < *memory.limit)
    findings.error(cat(where, "memory.swap"), "is memory and swap together, and below memory.limit, ", *memory.limit);
  if (memory.swap && *memory.swap > 0 && (!memory.limit || *memory.limit <= 0))
    findings.error(cat(where, "memory.swap"), "needs memory.limit");
  if (memory.swappiness && *memory.swappiness > 100)
    findings.error(cat(where, "memory.swappiness"), "above 100: ", *memory.swappiness);
  if (memory.kernel || memory.kernel_tcp)
    findings.warn(cat(where, "memory.kernel"), "deprecated, newer kernels refuse it");
}

void check_cpu(const CpuResources& cpu, Findings& findings) {
  if (cpu.burst && cpu.quota && *cpu.quota > 0 && *cpu.burst > static_cast<std::uint64_t>(*cpu.quota))
    findings.error(cat(where, "cpu.burst"), "is above quota, ", *cpu.quota);
  if (cpu.period && (*cpu.period < 1000 || *cpu.period > 1'000'000))
    findings.error(cat(where, "cpu.period"), "not between 1000 and 1000000 microseconds: ", *cpu.period);
  if (cpu.idle && *cpu.idle != 0 && *cpu.idle != 1)
    findings.error(cat(where, "cpu.idle"), "neither 0 nor 1: ", *cpu.idle);
  findings.cpu_list(cat(where, "cpu.cpus"), cpu.cpus);
  findings.cpu_list(cat(where, "cpu.mems"), cpu.mems);
}

void check_weight(const std::string& path, const std::optional<std::uint16_t>& weight, Findings& findings) {
  if (weight && *weight != 0 && (*weight < 10 || *weight > 1000))
    findings.error(path, "not between 10 and 1000: ", *weight);
}

void check_block_io(const BlockIo& io, Findings& findings) {
  check_weight(cat(where, "blockIO.weight"), io.weight, findings);
  check_weight(cat(where, "blockIO.leafWeight"), io.leaf_weight, findings);
  for (std::size_t i = 0; i < io.weight_device.size(); ++i) {
    const WeightDevice& device = io.weight_device[i];
    const std::string path = cat(where, "blockIO.weightDevice[", i, "]");
    if (!device.weight && !device.leaf_weight) findings.error(path, "has neither weight nor leafWeight");
    check_weight(cat(path, ".weight"), device.weight, findings);
    check_weight(cat(path, ".leafWeight"), device.leaf_weight, findings);
  }
}

bool is_page_size(std::string_view text) {
  const std::size_t digits = text.find_first_not_of("0123456789");
  return digits != 0 && digits != std::string_view::npos && text[0] != '0' &&
         (text.substr(digits) == "KB" || text.substr(digits) == "MB" || text.substr(digits) == "GB");
}

void check_hugepages(const Resources& resources, Findings& findings) {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < resources.hugepage_limits.size(); ++i) {
    const std::string& size = resources.hugepage_limits[i].page_size;
    const std::string path = cat(where, "hugepageLimits[", i, "].pageSize");
    if (size.empty()) continue;
    if (!is_page_size(size)) findings.error(path, "not a size such as 64KB, 2MB, 1GB: \"", printable(size, 80), "\"");
    if (!seen.insert(size).second) findings.error(path, size, " is there already");
  }
}

} // namespace

void check_resource_rules(const Resources& resources, Findings& findings) {
  check_device_rules(resources, findings);
  if (resources.memory) check_memory(*resources.memory, findings);
  if (resources.cpu) check_cpu(*resources.cpu, findings);
  if (resources.block_io) check_block_io(*resources.block_io, findings);
  check_hugepages(resources, findings);
  for (const auto& [name, limits] : resources.rdma)
    if (!limits.hca_handles && !limits.hca_objects)
      findings.error(cat(where, "rdma[\"", printable(name, 80), "\"]"), "has neither hcaHandles nor hcaObjects");
  for (const auto& [name, value] : resources.unified)
    if (name.find('/') != std::string::npos || name.find('.') == std::string::npos)
      findings.error(cat(where, "unified[\"", printable(name, 80), "\"]"),
                     "not a file of a cgroup such as memory.high");
}

} // namespace oci::spec
