// A seccomp profile in Docker's form: rules that hold for some capabilities, architectures and kernels. Resolved for
// one container it becomes linux.seccomp.
#pragma once

#include "specgen/kernel_version.h"
#include "specgen/specgen.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oci::specgen {

struct ProfileFilter {
  std::vector<std::string> caps;   // "CAP_SYS_ADMIN"
  std::vector<std::string> arches; // "amd64", "arm64", "s390x"
  std::optional<KernelVersion> min_kernel;
};

struct ProfileRule {
  spec::SyscallRule rule;
  ProfileFilter includes; // all of caps, one of arches, this kernel or newer
  ProfileFilter excludes; // any of these
};

struct ProfileArch {
  std::string architecture; // "SCMP_ARCH_X86_64"
  std::vector<std::string> sub_architectures;
};

struct SeccompProfile {
  spec::Seccomp base; // all but architectures and syscalls that depend on the container
  std::vector<ProfileArch> arch_map;
  std::vector<ProfileRule> rules;
};

// A file in Docker's form; linux.seccomp's own form is one of it. Throws Error "<name>: …".
SeccompProfile parse_seccomp_profile(std::string_view text, std::string_view name);

// The profile Docker gives containers.
const SeccompProfile& default_seccomp_profile();

// `architecture` is a GOARCH.
spec::Seccomp resolve(const SeccompProfile& profile, const std::vector<std::string>& bounding_capabilities,
                      std::string_view architecture, KernelVersion kernel);

} // namespace oci::specgen
