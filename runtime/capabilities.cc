#include "runtime/capabilities.h"

#include "base/files.h"
#include "base/text.h"

#include <algorithm>
#include <array>

namespace oci::runtime {

namespace {

constexpr std::array<std::string_view, known_capabilities> names = {"CAP_CHOWN",
                                                                    "CAP_DAC_OVERRIDE",
                                                                    "CAP_DAC_READ_SEARCH",
                                                                    "CAP_FOWNER",
                                                                    "CAP_FSETID",
                                                                    "CAP_KILL",
                                                                    "CAP_SETGID",
                                                                    "CAP_SETUID",
                                                                    "CAP_SETPCAP",
                                                                    "CAP_LINUX_IMMUTABLE",
                                                                    "CAP_NET_BIND_SERVICE",
                                                                    "CAP_NET_BROADCAST",
                                                                    "CAP_NET_ADMIN",
                                                                    "CAP_NET_RAW",
                                                                    "CAP_IPC_LOCK",
                                                                    "CAP_IPC_OWNER",
                                                                    "CAP_SYS_MODULE",
                                                                    "CAP_SYS_RAWIO",
                                                                    "CAP_SYS_CHROOT",
                                                                    "CAP_SYS_PTRACE",
                                                                    "CAP_SYS_PACCT",
                                                                    "CAP_SYS_ADMIN",
                                                                    "CAP_SYS_BOOT",
                                                                    "CAP_SYS_NICE",
                                                                    "CAP_SYS_RESOURCE",
                                                                    "CAP_SYS_TIME",
                                                                    "CAP_SYS_TTY_CONFIG",
                                                                    "CAP_MKNOD",
                                                                    "CAP_LEASE",
                                                                    "CAP_AUDIT_WRITE",
                                                                    "CAP_AUDIT_CONTROL",
                                                                    "CAP_SETFCAP",
                                                                    "CAP_MAC_OVERRIDE",
                                                                    "CAP_MAC_ADMIN",
                                                                    "CAP_SYSLOG",
                                                                    "CAP_WAKE_ALARM",
                                                                    "CAP_BLOCK_SUSPEND",
                                                                    "CAP_AUDIT_READ",
                                                                    "CAP_PERFMON",
                                                                    "CAP_BPF",
                                                                    "CAP_CHECKPOINT_RESTORE"};

} // namespace

std::optional<unsigned> capability_number(std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<unsigned>(found - names.begin());
}

std::string_view capability_name(unsigned number) { return names.at(number); }

unsigned last_capability() {
  const char* path = "/proc/sys/kernel/cap_last_cap";
  const auto last = parse_unsigned(trim(read_file(path, 32)));
  if (!last || *last >= 64) fail(path, ": no number");
  return static_cast<unsigned>(*last);
}

CapabilityMask capability_mask(const std::vector<std::string>& wanted, unsigned last_cap) {
  CapabilityMask mask;
  for (const std::string& name : wanted) {
    const auto number = capability_number(name);
    if (number && *number <= last_cap)
      mask.bits |= std::uint64_t{1} << *number;
    else
      mask.unknown.push_back(name);
  }
  return mask;
}

CapabilitySets capability_sets(const spec::Capabilities& capabilities, unsigned last_cap,
                               std::vector<std::string>* unknown) {
  const auto bits = [&](const std::vector<std::string>& wanted) {
    CapabilityMask mask = capability_mask(wanted, last_cap);
    for (std::string& name : mask.unknown)
      if (unknown && std::find(unknown->begin(), unknown->end(), name) == unknown->end())
        unknown->push_back(std::move(name));
    return mask.bits;
  };
  return {.bounding = bits(capabilities.bounding),
          .effective = bits(capabilities.effective),
          .inheritable = bits(capabilities.inheritable),
          .permitted = bits(capabilities.permitted),
          .ambient = bits(capabilities.ambient)};
}

std::vector<std::string> capability_names(unsigned last_cap) {
  const auto end = names.begin() + std::min(last_cap + 1, known_capabilities);
  return {names.begin(), end};
}

} // namespace oci::runtime
