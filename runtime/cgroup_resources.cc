#include "runtime/cgroup_resources.h"

#include "base/error.h"

#include <algorithm>

namespace oci::runtime {

namespace {

using Writes = std::vector<CgroupWrite>;

[[noreturn]] void refuse(std::string_view field, std::string_view why) { fail("linux.resources.", field, ": ", why); }

std::string max_or(std::int64_t value) { return value < 0 ? "max" : std::to_string(value); }

std::string device(std::int64_t major, std::int64_t minor, std::string_view rest) {
  return cat(major, ":", minor, " ", rest);
}

void require_page_size(const spec::HugepageLimit& limit) {
  const std::string_view size = limit.page_size;
  const std::size_t digits = size.find_first_not_of("0123456789");
  const bool unit = digits != size.npos &&
                    (size.substr(digits) == "KB" || size.substr(digits) == "MB" || size.substr(digits) == "GB");
  if (digits == 0 || !unit) refuse("hugepageLimits", cat("no page size: \"", printable(size), "\""));
}

std::uint64_t require_swappiness(std::uint64_t value) {
  if (value > 100) refuse("memory.swappiness", cat(value, " is not between 0 and 100"));
  return value;
}

std::string rdma_value(const std::string& name, const spec::Rdma& rdma) {
  std::string value = name;
  if (rdma.hca_handles) value += cat(" hca_handle=", *rdma.hca_handles);
  if (rdma.hca_objects) value += cat(" hca_object=", *rdma.hca_objects);
  return value;
}

void add_rdma(Writes& out, const spec::Resources& resources) {
  for (const auto& [name, rdma] : resources.rdma)
    out.push_back({"rdma", "rdma.max", rdma_value(name, rdma), cat("rdma.", printable(name))});
}

void add_cpuset(Writes& out, const spec::CpuResources& cpu) {
  if (!cpu.cpus.empty()) out.push_back({"cpuset", "cpuset.cpus", cpu.cpus, "cpu.cpus"});
  if (!cpu.mems.empty()) out.push_back({"cpuset", "cpuset.mems", cpu.mems, "cpu.mems"});
}

void add_pids(Writes& out, const spec::PidsResources& pids) {
  if (!pids.limit) return;
  const bool limited = *pids.limit > 0;
  out.push_back({"pids", "pids.max", limited ? std::to_string(*pids.limit) : "max", "pids.limit", limited});
}

// --- v1 -------------------------------------------------------------------------------------------------------------

void add_v1_memory(Writes& out, const spec::MemoryResources& memory) {
  const auto bytes = [&](const char* file, const char* field, std::int64_t value) {
    if (value != 0)
      out.push_back({"memory", file, std::to_string(std::max<std::int64_t>(value, -1)), field, value > 0});
  };
  bytes("memory.limit_in_bytes", "memory.limit", memory.limit.value_or(0));
  // No limit on memory means none on memory and swap together, unless it is said.
  const std::int64_t swap = memory.swap.value_or(memory.limit.value_or(0) < 0 ? -1 : 0);
  bytes("memory.memsw.limit_in_bytes", "memory.swap", swap);
  bytes("memory.soft_limit_in_bytes", "memory.reservation", memory.reservation.value_or(0));
  if (memory.kernel.value_or(0) > 0) bytes("memory.kmem.limit_in_bytes", "memory.kernel", *memory.kernel);
  bytes("memory.kmem.tcp.limit_in_bytes", "memory.kernelTCP", memory.kernel_tcp.value_or(0));
  if (memory.swappiness)
    out.push_back(
        {"memory", "memory.swappiness", std::to_string(require_swappiness(*memory.swappiness)), "memory.swappiness"});
  if (memory.disable_oom_killer.value_or(false))
    out.push_back({"memory", "memory.oom_control", "1", "memory.disableOOMKiller"});
  if (memory.use_hierarchy.value_or(false))
    out.push_back({"memory", "memory.use_hierarchy", "1", "memory.useHierarchy", false});
}

// An idle cgroup takes no weight: what says so comes first.
void add_idle(Writes& out, const spec::CpuResources& cpu) {
  if (cpu.idle) out.push_back({"cpu", "cpu.idle", std::to_string(*cpu.idle), "cpu.idle", *cpu.idle != 0});
}

void add_v1_cpu(Writes& out, const spec::CpuResources& cpu) {
  const auto number = [&](const char* file, const char* field, auto value, bool limit = true) {
    if (value && *value != 0) out.push_back({"cpu", file, std::to_string(*value), field, limit});
  };
  add_idle(out, cpu);
  if (cpu.idle.value_or(0) != 1) number("cpu.shares", "cpu.shares", cpu.shares);
  number("cpu.cfs_period_us", "cpu.period", cpu.period);
  number("cpu.cfs_quota_us", "cpu.quota", cpu.quota, cpu.quota.value_or(0) > 0);
  number("cpu.cfs_burst_us", "cpu.burst", cpu.burst);
  number("cpu.rt_period_us", "cpu.realtimePeriod", cpu.realtime_period);
  number("cpu.rt_runtime_us", "cpu.realtimeRuntime", cpu.realtime_runtime);
}

void add_v1_blkio(Writes& out, const spec::BlockIo& io) {
  const auto add = [&](std::string file, std::string value, const char* field, std::string other = {}) {
    CgroupWrite write{"blkio", std::move(file), std::move(value), cat("blockIO.", field)};
    if (!other.empty()) {
      write.other_file = std::move(other);
      write.other_value = write.value;
    }
    out.push_back(std::move(write));
  };
  if (io.weight.value_or(0) != 0) add("blkio.weight", std::to_string(*io.weight), "weight", "blkio.bfq.weight");
  if (io.leaf_weight.value_or(0) != 0) add("blkio.leaf_weight", std::to_string(*io.leaf_weight), "leafWeight");
  for (const spec::WeightDevice& d : io.weight_device) {
    if (d.weight)
      add("blkio.weight_device", device(d.major, d.minor, std::to_string(*d.weight)), "weightDevice",
          "blkio.bfq.weight_device");
    if (d.leaf_weight)
      add("blkio.leaf_weight_device", device(d.major, d.minor, std::to_string(*d.leaf_weight)), "weightDevice");
  }
  const auto throttle = [&](const std::vector<spec::ThrottleDevice>& list, const char* file, const char* field) {
    for (const spec::ThrottleDevice& d : list) add(file, device(d.major, d.minor, std::to_string(d.rate)), field);
  };
  throttle(io.read_bps, "blkio.throttle.read_bps_device", "throttleReadBpsDevice");
  throttle(io.write_bps, "blkio.throttle.write_bps_device", "throttleWriteBpsDevice");
  throttle(io.read_iops, "blkio.throttle.read_iops_device", "throttleReadIOPSDevice");
  throttle(io.write_iops, "blkio.throttle.write_iops_device", "throttleWriteIOPSDevice");
}

void add_v1_network(Writes& out, const spec::NetworkResources& network) {
  if (network.class_id.value_or(0) != 0)
    out.push_back({"net_cls", "net_cls.classid", std::to_string(*network.class_id), "network.classID"});
  for (const spec::InterfacePriority& priority : network.priorities)
    out.push_back({"net_prio", "net_prio.ifpriomap", cat(priority.name, " ", priority.priority), "network.priorities"});
}

// --- v2 -------------------------------------------------------------------------------------------------------------

void add_v2_memory(Writes& out, const spec::MemoryResources& memory) {
  if (memory.limit.value_or(0) != 0)
    out.push_back({"memory", "memory.max", max_or(*memory.limit), "memory.limit", *memory.limit > 0});
  if (const auto swap = swap_from_memory_and_swap(memory.limit, memory.swap))
    out.push_back({"memory", "memory.swap.max", max_or(*swap), "memory.swap", *swap >= 0});
  if (memory.reservation.value_or(0) != 0)
    out.push_back({"memory", "memory.low", max_or(*memory.reservation), "memory.reservation"});
  const auto v1_only = [](bool asked, const char* field) {
    if (asked) refuse(field, "cgroup v2 has no such setting");
  };
  v1_only(memory.kernel.value_or(0) > 0, "memory.kernel");
  v1_only(memory.kernel_tcp.value_or(0) > 0, "memory.kernelTCP");
  v1_only(memory.swappiness.has_value(), "memory.swappiness");
  v1_only(memory.disable_oom_killer.value_or(false), "memory.disableOOMKiller");
}

void add_v2_cpu(Writes& out, const spec::CpuResources& cpu) {
  if (cpu.realtime_runtime.value_or(0) != 0) refuse("cpu.realtimeRuntime", "cgroup v2 has no such setting");
  if (cpu.realtime_period.value_or(0) != 0) refuse("cpu.realtimePeriod", "cgroup v2 has no such setting");
  add_idle(out, cpu);
  if (cpu.shares.value_or(0) != 0 && cpu.idle.value_or(0) != 1)
    out.push_back({"cpu", "cpu.weight", std::to_string(weight_from_shares(*cpu.shares)), "cpu.shares"});
  const bool limited = cpu.quota.value_or(0) > 0;
  if (cpu.quota.value_or(0) != 0 || cpu.period.value_or(0) != 0) {
    const std::uint64_t period = cpu.period.value_or(0) != 0 ? *cpu.period : 100'000; // the kernel's default
    const std::string quota = limited ? std::to_string(*cpu.quota) : "max";
    out.push_back({"cpu", "cpu.max", cat(quota, " ", period), limited ? "cpu.quota" : "cpu.period", limited});
  }
  if (cpu.burst.value_or(0) != 0) out.push_back({"cpu", "cpu.max.burst", std::to_string(*cpu.burst), "cpu.burst"});
}

void add_v2_io(Writes& out, const spec::BlockIo& io) {
  if (io.leaf_weight.value_or(0) != 0) refuse("blockIO.leafWeight", "cgroup v2 has no such setting");
  if (io.weight.value_or(0) != 0)
    out.push_back({"io", "io.bfq.weight", std::to_string(*io.weight), "blockIO.weight", true, "io.weight",
                   cat("default ", io_weight_from_blkio(*io.weight))});
  for (const spec::WeightDevice& d : io.weight_device) {
    if (d.leaf_weight) refuse("blockIO.weightDevice", "cgroup v2 has no leafWeight");
    if (d.weight)
      out.push_back({"io", "io.bfq.weight", device(d.major, d.minor, std::to_string(*d.weight)), "blockIO.weightDevice",
                     true, "io.weight", device(d.major, d.minor, std::to_string(io_weight_from_blkio(*d.weight)))});
  }
  const auto throttle = [&](const std::vector<spec::ThrottleDevice>& list, const char* key, const char* field) {
    for (const spec::ThrottleDevice& d : list)
      out.push_back({"io", "io.max", device(d.major, d.minor, cat(key, "=", d.rate)), cat("blockIO.", field)});
  };
  throttle(io.read_bps, "rbps", "throttleReadBpsDevice");
  throttle(io.write_bps, "wbps", "throttleWriteBpsDevice");
  throttle(io.read_iops, "riops", "throttleReadIOPSDevice");
  throttle(io.write_iops, "wiops", "throttleWriteIOPSDevice");
}

void add_unified(Writes& out, const spec::Resources& resources) {
  for (const auto& [file, value] : resources.unified) {
    const std::string field = cat("unified.", printable(file));
    const std::size_t dot = file.find('.');
    if (dot == 0 || dot == file.npos || file.find('/') != file.npos || file.find('\0') != file.npos)
      refuse(field, "no name of a cgroup file");
    // The kernel takes one line a write.
    for (const std::string& line : split(value, '\n'))
      if (!line.empty()) out.push_back({file.substr(0, dot), file, line, field});
  }
}

// The two functions are here because loading libm would cost every command more than these lines.
constexpr double ln_2 = 0.693147180559945309417, ln_10 = 2.302585092994045684018;

// Of 1 and more: the series of ln((1 + t) / (1 - t)) for what is left of the number between 1 and 2.
double binary_logarithm(std::uint64_t number) {
  double whole = 0, rest = static_cast<double>(number);
  while (rest >= 2) {
    rest /= 2;
    whole += 1;
  }
  const double t = (rest - 1) / (rest + 1);
  double sum = 0, power = t;
  for (int n = 1; n < 40; n += 2, power *= t * t) sum += power / n;
  return whole + 2 * sum / ln_2;
}

// Of 0 to 4: e to the power of a part small enough for its series, squared as often as it was halved.
double power_of_ten(double exponent) {
  constexpr int halvings = 4;
  const double x = exponent * ln_10 / (1 << halvings);
  double sum = 1, term = 1;
  for (int n = 1; n < 24; ++n) sum += term *= x / n;
  for (int i = 0; i < halvings; ++i) sum *= sum;
  return sum;
}

} // namespace

std::uint64_t weight_from_shares(std::uint64_t shares) {
  if (shares == 0) return 0;
  if (shares <= 2) return 1;
  if (shares >= 262'144) return 10'000;
  const double l = binary_logarithm(shares);
  const double weight = power_of_ten((l * l + 125.0 * l) / 612.0 - 7.0 / 34.0);
  // Rounded up; the ends and the default are whole numbers, and nothing else comes that near to one.
  return static_cast<std::uint64_t>(weight - 1e-8) + 1;
}

std::uint64_t io_weight_from_blkio(std::uint16_t weight) {
  if (weight == 0) return 0;
  const std::uint64_t clamped = std::clamp<std::uint64_t>(weight, 10, 1000);
  return 1 + (clamped - 10) * 9'999 / 990;
}

std::optional<std::int64_t> swap_from_memory_and_swap(std::optional<std::int64_t> limit,
                                                      std::optional<std::int64_t> swap) {
  const std::int64_t memory = limit.value_or(0);
  const std::int64_t both = swap.value_or(0);
  if (both == 0) return memory < 0 ? std::optional<std::int64_t>(-1) : std::nullopt;
  if (both < 0) return -1;
  if (memory < 0) return both;
  if (memory == 0) refuse("memory.swap", "cannot be set without memory.limit");
  if (both < memory) refuse("memory.swap", "is memory and swap together, and less than memory.limit");
  return both - memory;
}

std::vector<CgroupWrite> v1_writes(const spec::Resources& resources) {
  Writes out;
  if (resources.cpu) add_cpuset(out, *resources.cpu);
  if (resources.memory) add_v1_memory(out, *resources.memory);
  if (resources.cpu) add_v1_cpu(out, *resources.cpu);
  if (resources.pids) add_pids(out, *resources.pids);
  if (resources.block_io) add_v1_blkio(out, *resources.block_io);
  for (const spec::HugepageLimit& limit : resources.hugepage_limits) {
    require_page_size(limit);
    out.push_back({"hugetlb", cat("hugetlb.", limit.page_size, ".limit_in_bytes"), std::to_string(limit.limit),
                   "hugepageLimits"});
  }
  if (resources.network) add_v1_network(out, *resources.network);
  add_rdma(out, resources);
  return out;
}

std::vector<CgroupWrite> v2_writes(const spec::Resources& resources) {
  Writes out;
  if (resources.cpu) add_cpuset(out, *resources.cpu);
  if (resources.memory) add_v2_memory(out, *resources.memory);
  if (resources.cpu) add_v2_cpu(out, *resources.cpu);
  if (resources.pids) add_pids(out, *resources.pids);
  if (resources.block_io) add_v2_io(out, *resources.block_io);
  for (const spec::HugepageLimit& limit : resources.hugepage_limits) {
    require_page_size(limit);
    out.push_back({"hugetlb", cat("hugetlb.", limit.page_size, ".max"), std::to_string(limit.limit), "hugepageLimits"});
  }
  if (resources.network && (resources.network->class_id.value_or(0) != 0 || !resources.network->priorities.empty()))
    refuse("network", "cgroup v2 has no such setting");
  add_rdma(out, resources);
  add_unified(out, resources);
  return out;
}

} // namespace oci::runtime
