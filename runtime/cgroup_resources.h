// linux.resources to what is written into a cgroup's files (runtime-spec config-linux.md "Control groups"). Pure.
#pragma once

#include "spec/runtime_config.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace oci::runtime {

struct CgroupWrite {
  std::string controller; // "memory"
  std::string file;       // "memory.max"
  std::string value;
  std::string field;         // "memory.limit", beneath linux.resources: for errors
  bool limit = true;         // false: it asks for what is so without the controller, and may be missing
  std::string other_file{};  // tried where `file` does not exist; "" none
  std::string other_value{}; // for other_file
};

// In the order they have to be written. Throw Error "linux.resources.…: …" for what the version cannot express. Device
// rules are not among them (cgroup_devices.h).
std::vector<CgroupWrite> v1_writes(const spec::Resources& resources);
std::vector<CgroupWrite> v2_writes(const spec::Resources& resources);

// cpu.shares 2…262144 (default 1024) to cpu.weight 1…10000 (default 100), so that the ends and the default meet.
// 0 (unset) stays 0.
std::uint64_t weight_from_shares(std::uint64_t shares);

// blkio.weight 10…1000 to io.weight 1…10000. 0 (unset) stays 0.
std::uint64_t io_weight_from_blkio(std::uint16_t weight);

// memory+swap of v1 to memory.swap.max. nullopt: nothing to set; -1: no limit. Throws where the two contradict each
// other.
std::optional<std::int64_t> swap_from_memory_and_swap(std::optional<std::int64_t> limit,
                                                      std::optional<std::int64_t> swap);

} // namespace oci::runtime
