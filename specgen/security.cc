// --security-opt, --privileged, the seccomp profile, masked and read-only paths.
#include "specgen/draft.h"
#include "specgen/seccomp_profile.h"
#include "specgen/security_options.h"

#include "base/files.h"

#include <algorithm>

namespace oci::specgen {

namespace {

#if defined(__x86_64__)
constexpr const char* own_architecture = "amd64";
#elif defined(__aarch64__)
constexpr const char* own_architecture = "arm64";
#elif defined(__powerpc64__)
constexpr const char* own_architecture = "ppc64le";
#elif defined(__riscv)
constexpr const char* own_architecture = "riscv64";
#elif defined(__s390x__)
constexpr const char* own_architecture = "s390x";
#elif defined(__loongarch64)
constexpr const char* own_architecture = "loong64";
#elif defined(__i386__)
constexpr const char* own_architecture = "386";
#else
constexpr const char* own_architecture = "arm";
#endif

void resolve_seccomp(Draft& draft, const SeccompProfile& profile, Origin origin) {
  const std::optional<spec::Capabilities>& caps = draft.process().capabilities;
  const std::string& arch = draft.host.architecture;
  draft.linux_part().seccomp =
      resolve(profile, caps ? caps->bounding : std::vector<std::string>{}, arch.empty() ? own_architecture : arch,
              KernelVersion::parse(draft.host.kernel_release));
  draft.note("linux.seccomp", std::move(origin));
}

void apply_seccomp(Draft& draft, const SecurityOptions& options) {
  if (options.seccomp.empty() ? draft.request.privileged : options.seccomp == "unconfined") {
    draft.linux_part().seccomp.reset();
  } else if (options.seccomp_is_file()) {
    const auto text = draft.request.files.find(options.seccomp);
    if (text == draft.request.files.end())
      refuse("--security-opt seccomp", options.seccomp, "its content was not handed in");
    const std::string name = cat("--security-opt seccomp ", printable(options.seccomp));
    resolve_seccomp(draft, parse_seccomp_profile(text->second, name), from_flag("--security-opt seccomp"));
  } else if (!options.seccomp.empty()) {
    resolve_seccomp(draft, default_seccomp_profile(), from_flag("--security-opt seccomp"));
  } else if (draft.engine.default_seccomp) {
    resolve_seccomp(draft, default_seccomp_profile(), draft.engine_origin());
  }
}

void apply_apparmor(Draft& draft, const SecurityOptions& options) {
  std::string& profile = draft.process().apparmor_profile;
  const std::vector<std::string>& loaded = draft.host.apparmor_profiles;
  if (!options.apparmor.empty()) {
    draft.set("process.apparmorProfile", profile, options.apparmor, from_flag("--security-opt apparmor"));
  } else if (draft.request.privileged) {
    if (!loaded.empty()) draft.set("process.apparmorProfile", profile, "unconfined", from_flag("--privileged"));
  } else if (std::find(loaded.begin(), loaded.end(), draft.engine.apparmor_profile) != loaded.end()) {
    profile = draft.engine.apparmor_profile;
  }
}

// SELinux' label: the engines' own with the parts that the user names.
void apply_label(Draft& draft, const SecurityOptions& options) {
  if (options.no_label && !draft.process().selinux_label.empty())
    draft.set("process.selinuxLabel", draft.process().selinux_label, "disable", from_flag("--security-opt label"));
  if (options.no_label) draft.process().selinux_label.clear();
  if (options.label.empty()) return;
  std::map<std::string, std::string> parts = {
      {"user", "system_u"}, {"role", "system_r"}, {"type", "container_t"}, {"level", "s0"}};
  for (const auto& [name, value] : options.label) parts[name] = value;
  draft.set("process.selinuxLabel", draft.process().selinux_label,
            cat(parts["user"], ":", parts["role"], ":", parts["type"], ":", parts["level"]),
            from_flag("--security-opt label"));
}

bool is_at_or_beneath(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

// A trailing "/*" takes in all beneath, as podman has it.
void unmask(std::vector<std::string>& paths, const std::string& pattern) {
  const bool all_beneath = pattern.ends_with("/*");
  const std::string path = clean_path(all_beneath ? pattern.substr(0, pattern.size() - 2) : pattern);
  const auto gone = [&](const std::string& p) { return p == path || (all_beneath && is_at_or_beneath(p, path)); };
  paths.erase(std::remove_if(paths.begin(), paths.end(), gone), paths.end());
}

void apply_paths(Draft& draft, const SecurityOptions& options) {
  std::vector<std::string>& masked = draft.linux_part().masked_paths;
  std::vector<std::string>& read_only = draft.linux_part().readonly_paths;
  if (draft.engine.mask_thermal_throttle) {
    for (const unsigned cpu : draft.host.thermal_throttle_cpus) {
      masked.push_back(cat("/sys/devices/system/cpu/cpu", cpu, "/thermal_throttle"));
      draft.note(cat("linux.maskedPaths[", masked.back(), "]"), from_host("thermal_throttle of each processor"));
    }
  }
  if (options.unmask_all || draft.request.privileged) {
    masked.clear();
    read_only.clear();
  }
  for (const std::string& pattern : options.unmask) {
    unmask(masked, pattern);
    unmask(read_only, pattern);
  }
  for (const std::string& path : options.mask) {
    if (std::find(masked.begin(), masked.end(), path) != masked.end()) continue;
    draft.note(cat("linux.maskedPaths[", path, "]"), from_flag("--security-opt mask"));
    masked.push_back(path);
  }
}

// /sys and the cgroups can be written by a privileged container.
void make_system_mounts_writable(Draft& draft) {
  for (spec::Mount& mount : draft.config.mounts)
    if (mount.destination == "/sys" || mount.type == "cgroup")
      mount.options.erase(std::remove(mount.options.begin(), mount.options.end(), "ro"), mount.options.end());
}

} // namespace

void apply_security(Draft& draft) {
  const SecurityOptions options = parse_security_options(draft.request.security_opt);
  if (options.no_new_privileges)
    draft.set("process.noNewPrivileges", draft.process().no_new_privileges, *options.no_new_privileges,
              from_flag("--security-opt no-new-privileges"));
  apply_seccomp(draft, options);
  apply_apparmor(draft, options);
  apply_label(draft, options);
  apply_paths(draft, options);
  if (draft.request.privileged) make_system_mounts_writable(draft);
}

} // namespace oci::specgen
