// linux.seccomp (runtime-spec config-linux.md "Seccomp") to the filter the container's init installs.
#pragma once

#include "spec/runtime_config.h"

#include <cstdint>
#include <linux/filter.h>
#include <string>
#include <vector>

namespace oci::runtime {

struct SeccompProgram {
  std::vector<sock_filter> filter; // empty: none to install
  std::uint32_t flags = 0;         // SECCOMP_FILTER_FLAG_*, for seccomp(2)
};

// Pure, and slow (libseccomp): about 10 ms for an engine's default profile. Throws Error
// "linux.seccomp.syscalls[3].action: …" for what cannot be. Names of calls that nobody knows are skipped; calls newer
// than all that the profile names fail with ENOSYS where the default action is an errno.
SeccompProgram compile_seccomp(const spec::Seccomp& seccomp);

// The same through a cache: files beneath <folder>/.seccomp, each of which holds its whole key. Anything odd about the
// cache means compiling again, never an error. `folder` is the state root; it is made
// when missing.
SeccompProgram cached_seccomp(const spec::Seccomp& seccomp, const std::string& folder);

// All that linux.seccomp may say, for `features`; sorted.
std::vector<std::string> seccomp_action_names();
std::vector<std::string> seccomp_operator_names();
std::vector<std::string> seccomp_flag_names();
std::vector<std::string> seccomp_arch_names();
std::string seccomp_library_version();

} // namespace oci::runtime
