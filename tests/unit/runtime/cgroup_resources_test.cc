#include "runtime/cgroup_resources.h"

#include "base/error.h"

#include <cmath>
#include <gtest/gtest.h>

namespace oci::runtime {
namespace {

using Lines = std::vector<std::string>;

Lines lines(const std::vector<CgroupWrite>& writes) {
  Lines out;
  for (const CgroupWrite& write : writes)
    out.push_back(cat(write.file, " = ", write.value, write.limit ? "" : " (if there)"));
  return out;
}

spec::Resources parse(const char* text) { return spec::parse_resources(text, "resources"); }

std::string refusal(const char* text, std::vector<CgroupWrite> (*writes)(const spec::Resources&)) {
  try {
    writes(parse(text));
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

TEST(CgroupWeight, EndsAndDefaultsMeet) {
  const std::pair<std::uint64_t, std::uint64_t> table[] = {{0, 0},      {1, 1},          {2, 1},
                                                           {1024, 100}, {262144, 10000}, {1u << 30, 10000}};
  for (const auto& [shares, weight] : table) EXPECT_EQ(weight_from_shares(shares), weight) << shares;
  for (std::uint64_t shares = 3; shares < 262144; ++shares) {
    const double l = std::log2(static_cast<double>(shares));
    const double weight = std::ceil(std::pow(10, (l * l + 125 * l) / 612 - 7.0 / 34));
    ASSERT_EQ(weight_from_shares(shares), static_cast<std::uint64_t>(weight)) << shares;
  }
}

TEST(CgroupIoWeight, Table) {
  const std::pair<std::uint16_t, std::uint64_t> table[] = {{0, 0}, {10, 1}, {500, 4950}, {1000, 10000}, {2000, 10000}};
  for (const auto& [blkio, weight] : table) EXPECT_EQ(io_weight_from_blkio(blkio), weight) << blkio;
}

TEST(CgroupSwap, Table) {
  using Number = std::optional<std::int64_t>;
  struct Case {
    Number limit, swap, expected;
  };
  const Case table[] = {{{}, {}, {}},  {100, {}, {}},  {-1, {}, -1}, {100, 300, 200}, {100, 100, 0},
                        {100, -1, -1}, {-1, 500, 500}, {-1, -1, -1}, {{}, -1, -1},    {0, 0, {}}};
  for (const Case& c : table) EXPECT_EQ(swap_from_memory_and_swap(c.limit, c.swap), c.expected);
  EXPECT_THROW(swap_from_memory_and_swap(100, 50), Error);
  EXPECT_THROW(swap_from_memory_and_swap({}, 50), Error);
}

constexpr char everything[] = R"({
  "memory": {"limit": 1000, "reservation": 500, "swap": 3000},
  "cpu": {"shares": 1024, "quota": 50000, "period": 100000, "cpus": "0-1", "mems": "0"},
  "pids": {"limit": 10},
  "blockIO": {"weight": 500, "throttleReadBpsDevice": [{"major": 8, "minor": 0, "rate": 600}]},
  "hugepageLimits": [{"pageSize": "2MB", "limit": 4096}],
  "rdma": {"mlx5_1": {"hcaHandles": 3, "hcaObjects": 4}}
})";

TEST(CgroupV1Writes, EachFieldInItsFile) {
  EXPECT_EQ(lines(v1_writes(parse(everything))),
            (Lines{"cpuset.cpus = 0-1", "cpuset.mems = 0", "memory.limit_in_bytes = 1000",
                   "memory.memsw.limit_in_bytes = 3000", "memory.soft_limit_in_bytes = 500", "cpu.shares = 1024",
                   "cpu.cfs_period_us = 100000", "cpu.cfs_quota_us = 50000", "pids.max = 10", "blkio.weight = 500",
                   "blkio.throttle.read_bps_device = 8:0 600", "hugetlb.2MB.limit_in_bytes = 4096",
                   "rdma.max = mlx5_1 hca_handle=3 hca_object=4"}));
}

TEST(CgroupV2Writes, EachFieldInItsFile) {
  EXPECT_EQ(
      lines(v2_writes(parse(everything))),
      (Lines{"cpuset.cpus = 0-1", "cpuset.mems = 0", "memory.max = 1000", "memory.swap.max = 2000", "memory.low = 500",
             "cpu.weight = 100", "cpu.max = 50000 100000", "pids.max = 10", "io.bfq.weight = 500",
             "io.max = 8:0 rbps=600", "hugetlb.2MB.max = 4096", "rdma.max = mlx5_1 hca_handle=3 hca_object=4"}));
}

TEST(CgroupWrites, NoLimitNeedsNoController) {
  const spec::Resources unlimited = parse(R"({"memory": {"limit": -1}, "pids": {"limit": -1}, "cpu": {"quota": -1}})");
  EXPECT_EQ(lines(v1_writes(unlimited)),
            (Lines{"memory.limit_in_bytes = -1 (if there)", "memory.memsw.limit_in_bytes = -1 (if there)",
                   "cpu.cfs_quota_us = -1 (if there)", "pids.max = max (if there)"}));
  EXPECT_EQ(lines(v2_writes(unlimited)), (Lines{"memory.max = max (if there)", "memory.swap.max = max (if there)",
                                                "cpu.max = max 100000 (if there)", "pids.max = max (if there)"}));
}

TEST(CgroupWrites, WhatEnginesAlwaysWriteAsksForNothing) {
  const spec::Resources docker = parse(
      R"({"memory": {"disableOOMKiller": false}, "cpu": {"shares": 0}, "pids": {"limit": 0}, "blockIO": {"weight": 0}})");
  EXPECT_EQ(lines(v1_writes(docker)), Lines{"pids.max = max (if there)"});
  EXPECT_EQ(lines(v2_writes(docker)), Lines{"pids.max = max (if there)"});
}

TEST(CgroupWrites, IdleTakesTheWeightsPlace) {
  EXPECT_EQ(lines(v1_writes(parse(R"({"cpu": {"shares": 512, "idle": 1}})"))), Lines{"cpu.idle = 1"});
  EXPECT_EQ(lines(v1_writes(parse(R"({"cpu": {"shares": 512, "idle": 0}})"))),
            (Lines{"cpu.idle = 0 (if there)", "cpu.shares = 512"}));
  EXPECT_EQ(lines(v2_writes(parse(R"({"cpu": {"shares": 512, "idle": 1}})"))), Lines{"cpu.idle = 1"});
}

TEST(CgroupV2Writes, UnifiedLineByLine) {
  EXPECT_EQ(lines(v2_writes(parse(R"({"unified": {"io.max": "8:0 rbps=1\n8:16 wbps=2", "memory.high": "5"}})"))),
            (Lines{"io.max = 8:0 rbps=1", "io.max = 8:16 wbps=2", "memory.high = 5"}));
}

TEST(CgroupWrites, RefusalsNameTheField) {
  EXPECT_EQ(refusal(R"({"unified": {"../x.y": "1"}})", v2_writes),
            "linux.resources.unified.../x.y: no name of a cgroup file");
  EXPECT_EQ(refusal(R"({"hugepageLimits": [{"pageSize": "2MB/../x", "limit": 1}]})", v1_writes),
            "linux.resources.hugepageLimits: no page size: \"2MB/../x\"");
  EXPECT_EQ(refusal(R"({"memory": {"swappiness": 101}})", v1_writes),
            "linux.resources.memory.swappiness: 101 is not between 0 and 100");
  EXPECT_EQ(refusal(R"({"memory": {"kernelTCP": 5}})", v2_writes),
            "linux.resources.memory.kernelTCP: cgroup v2 has no such setting");
  EXPECT_EQ(refusal(R"({"cpu": {"realtimeRuntime": 5}})", v2_writes),
            "linux.resources.cpu.realtimeRuntime: cgroup v2 has no such setting");
}

} // namespace
} // namespace oci::runtime
