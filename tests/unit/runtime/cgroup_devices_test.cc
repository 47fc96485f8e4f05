#include "runtime/cgroup_devices.h"

#include "base/error.h"
#include "runtime/device_program.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace oci::runtime {
namespace {

DevicePolicy policy(const char* rules) {
  return device_policy(spec::parse_resources(cat("{\"devices\": ", rules, "}"), "resources").devices);
}

bool has(const DevicePolicy& policy, std::string_view line) {
  return std::any_of(policy.exceptions.begin(), policy.exceptions.end(),
                     [&](const DeviceException& e) { return device_line(e) == line; });
}

TEST(DevicePolicy, NothingButTheDefaultsWithoutRules) {
  const DevicePolicy defaults = policy("[]");
  EXPECT_FALSE(defaults.allow);
  for (const char* line : {"c *:* m", "b *:* m", "c 1:3 rwm", "c 1:5 rwm", "c 1:7 rwm", "c 1:8 rwm", "c 1:9 rwm",
                           "c 5:0 rwm", "c 5:1 rwm", "c 5:2 rwm", "c 136:* rwm", "c 10:200 rwm"})
    EXPECT_TRUE(has(defaults, line)) << line;
  EXPECT_EQ(defaults.exceptions.size(), 12u);
  EXPECT_FALSE(has(defaults, "b 8:0 rwm"));
}

TEST(DevicePolicy, ARuleForAllStartsAnew) {
  const DevicePolicy all = policy(R"([{"allow": false, "type": "c", "major": 10}, {"allow": true, "access": "rwm"}])");
  EXPECT_TRUE(all.allow);
  EXPECT_TRUE(all.exceptions.empty());
  EXPECT_FALSE(policy(R"([{"allow": true}, {"allow": false}])").allow);
}

TEST(DevicePolicy, AccessIsAddedUpAndTakenBack) {
  const DevicePolicy mixed = policy(R"([{"allow": false, "access": "rwm"},
    {"allow": true, "type": "b", "major": 8, "minor": 0, "access": "r"},
    {"allow": true, "type": "b", "major": 8, "minor": 0, "access": "wm"},
    {"allow": false, "type": "b", "major": 8, "minor": 0, "access": "m"},
    {"allow": true, "type": "c", "major": 240, "minor": 1},
    {"allow": false, "type": "c", "major": 240}])");
  EXPECT_TRUE(has(mixed, "b 8:0 rw"));
  EXPECT_FALSE(has(mixed, "c 240:1 rwm"));
}

TEST(DevicePolicy, WildcardOfBothTypesIsTwoRules) {
  const DevicePolicy both = policy(R"([{"allow": true, "type": "a", "major": 240, "access": "r"}])");
  EXPECT_TRUE(has(both, "c 240:* r"));
  EXPECT_TRUE(has(both, "b 240:* r"));
}

TEST(DevicePolicy, APartOfAWholeCannotBeTakenOut) {
  try {
    policy(R"([{"allow": true, "type": "c", "major": 240}, {"allow": false, "type": "c", "major": 240, "minor": 1}])");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "linux.resources.devices[1]: takes a part out of what an earlier rule names as a whole");
  }
}

TEST(DevicePolicy, BadRulesNameTheirPlace) {
  EXPECT_THROW(policy(R"([{"allow": true, "type": "x"}])"), Error);
  EXPECT_THROW(policy(R"([{"allow": true, "type": "c", "access": "rx"}])"), Error);
  EXPECT_THROW(policy(R"([{"allow": true, "type": "c", "major": 4294967296}])"), Error);
}

// Runs what device_program makes, as the kernel would.
bool run(const std::vector<bpf_insn>& program, char type, std::uint32_t major, std::uint32_t minor, unsigned access) {
  const std::uint32_t context[] = {(access << 16) | (type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR), major,
                                   minor};
  std::uint32_t registers[11] = {};
  for (std::size_t at = 0; at < program.size(); ++at) {
    const bpf_insn& i = program[at];
    std::uint32_t& to = registers[i.dst_reg];
    const std::uint32_t value = i.code & BPF_X ? registers[i.src_reg] : static_cast<std::uint32_t>(i.imm);
    switch (i.code & ~BPF_X) {
    case BPF_LDX | BPF_MEM | BPF_W:
      to = context[i.off / 4];
      break;
    case BPF_ALU | BPF_MOV:
      to = value;
      break;
    case BPF_ALU | BPF_AND:
      to &= value;
      break;
    case BPF_ALU | BPF_RSH:
      to >>= value;
      break;
    case BPF_JMP32 | BPF_JNE:
      at += to != value ? static_cast<std::size_t>(i.off) : 0;
      break;
    case BPF_JMP32 | BPF_JEQ:
      at += to == value ? static_cast<std::size_t>(i.off) : 0;
      break;
    case BPF_JMP | BPF_EXIT:
      return registers[0] != 0;
    default:
      ADD_FAILURE() << "unexpected instruction " << unsigned{i.code};
      return false;
    }
  }
  ADD_FAILURE() << "fell off the end";
  return false;
}

constexpr unsigned read = BPF_DEVCG_ACC_READ, write = BPF_DEVCG_ACC_WRITE, make = BPF_DEVCG_ACC_MKNOD;

TEST(DeviceProgram, AllowsTheListAndNothingElse) {
  const auto program = device_program(policy(R"([{"allow": true, "type": "b", "major": 8, "access": "r"}])"));
  EXPECT_TRUE(run(program, 'c', 1, 3, read | write));
  EXPECT_TRUE(run(program, 'c', 136, 77, read));
  EXPECT_TRUE(run(program, 'c', 240, 1, make));
  EXPECT_TRUE(run(program, 'b', 8, 5, read));
  EXPECT_FALSE(run(program, 'b', 8, 5, read | write));
  EXPECT_FALSE(run(program, 'c', 8, 5, read));
  EXPECT_FALSE(run(program, 'c', 1, 1, read));
}

TEST(DeviceProgram, DeniesTheListAndNothingElse) {
  const auto program = device_program(
      policy(R"([{"allow": true}, {"allow": false, "type": "c", "major": 10, "minor": 229, "access": "w"}])"));
  EXPECT_FALSE(run(program, 'c', 10, 229, read | write));
  EXPECT_TRUE(run(program, 'c', 10, 229, read));
  EXPECT_TRUE(run(program, 'b', 8, 0, read | write | make));
}

} // namespace
} // namespace oci::runtime
