// What stands in front of libseccomp's filter: calls it does not know by name, and the answer to calls newer than all
// that the profile names. Pure.
#pragma once

#include <cstdint>
#include <linux/filter.h>
#include <optional>
#include <string_view>
#include <vector>

namespace oci::runtime {

// The number of a call that libseccomp may be too old to know, on the architecture libseccomp calls `arch`
// (SCMP_ARCH_…).
std::optional<std::uint32_t> newer_syscall(std::string_view name, std::uint32_t arch);

struct KnownCall {
  std::uint32_t number = 0;
  std::uint32_t action = 0; // SECCOMP_RET_… with its data
};

struct ArchPrologue {
  std::uint32_t arch = 0; // SCMP_ARCH_…
  std::vector<KnownCall> calls;
  std::optional<std::uint32_t> last; // greater numbers fail with ENOSYS; nullopt: they are for the filter to judge
};

// Falls through to the filter that follows for all that is not decided here.
std::vector<sock_filter> seccomp_prologue(const std::vector<ArchPrologue>& archs);

} // namespace oci::runtime
