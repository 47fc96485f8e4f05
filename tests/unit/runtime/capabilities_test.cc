#include "runtime/capabilities.h"

#include "spec/capability_names.h"

#include <gtest/gtest.h>
#include <linux/capability.h>

namespace oci::runtime {
namespace {

TEST(Capabilities, NamesAndNumbersAreTheKernels) {
  EXPECT_EQ(capability_number("CAP_CHOWN"), 0u);
  EXPECT_EQ(capability_number("CAP_SYS_ADMIN"), static_cast<unsigned>(CAP_SYS_ADMIN));
  EXPECT_EQ(capability_number("CAP_AUDIT_READ"), static_cast<unsigned>(CAP_AUDIT_READ));
  EXPECT_EQ(capability_number("CAP_CHECKPOINT_RESTORE"), static_cast<unsigned>(CAP_CHECKPOINT_RESTORE));
  EXPECT_EQ(spec::capability_names.size(), static_cast<std::size_t>(CAP_CHECKPOINT_RESTORE) + 1);
}

TEST(Capabilities, OtherSpellingsAreNoNames) {
  for (const char* name : {"", "CHOWN", "cap_chown", "CAP_CHOWN ", "CAP_"})
    EXPECT_FALSE(capability_number(name)) << name;
}

TEST(Capabilities, WhatTheKernelLacksIsUnknown) {
  const CapabilityMask mask = capability_mask({"CAP_KILL", "CAP_BPF", "CAP_NO_SUCH"}, CAP_AUDIT_READ);
  EXPECT_EQ(mask.bits, std::uint64_t{1} << CAP_KILL);
  EXPECT_EQ(mask.unknown, (std::vector<std::string>{"CAP_BPF", "CAP_NO_SUCH"}));
}

TEST(Capabilities, UnknownNamesAreListedOnce) {
  spec::Capabilities capabilities;
  capabilities.bounding = {"CAP_X", "CAP_CHOWN"};
  capabilities.effective = {"CAP_X"};
  std::vector<std::string> unknown;
  const CapabilitySets sets = capability_sets(capabilities, 40, &unknown);
  EXPECT_EQ(unknown, std::vector<std::string>{"CAP_X"});
  EXPECT_EQ(sets.bounding, 1u);
  EXPECT_EQ(sets.effective, 0u);
}

} // namespace
} // namespace oci::runtime
