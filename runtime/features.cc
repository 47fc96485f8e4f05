#include "runtime/mount_options.h"
#include "runtime/plan.h"
#include "runtime/runtime.h"
#include "runtime/seccomp.h"
#include "spec/capability_names.h"

namespace oci::runtime {

namespace {

Json strings(const std::vector<std::string>& list) {
  Json::Array out;
  for (const std::string& one : list) out.emplace_back(one);
  return out;
}

Json enabled(bool value = true) { return Json::Object{{"enabled", value}}; }

Json seccomp_features() {
  return Json::Object{{"enabled", true},
                      {"actions", strings(seccomp_action_names())},
                      {"operators", strings(seccomp_operator_names())},
                      {"archs", strings(seccomp_arch_names())},
                      {"knownFlags", strings(seccomp_flag_names())},
                      {"supportedFlags", strings(seccomp_flag_names())}};
}

Json linux_features() {
  Json::Array capabilities;
  for (std::string_view name : spec::capability_names) capabilities.emplace_back(name);
  return Json::Object{
      {"namespaces", strings(namespace_types())},
      {"capabilities", std::move(capabilities)},
      {"cgroup", Json::Object{{"v1", true}, {"v2", true}, {"systemd", false}, {"systemdUser", false}, {"rdma", true}}},
      {"seccomp", seccomp_features()},
      {"apparmor", enabled()},
      {"selinux", enabled()},
      {"intelRdt", enabled(false)},
      {"memoryPolicy",
       Json::Object{{"modes", strings(memory_policy_modes())}, {"flags", strings(memory_policy_flags())}}},
      {"mountExtensions", Json::Object{{"idmap", enabled()}}},
      {"netDevices", enabled()}};
}

} // namespace

Json features() {
  return Json::Object{
      {"ociVersionMin", "1.0.0"},
      {"ociVersionMax", spec::runtime_spec_version},
      {"hooks", Json::Array{"prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"}},
      {"mountOptions", strings(known_mount_options())},
      {"linux", linux_features()},
      {"annotations", Json::Object{{"io.github.seccomp.libseccomp.version", seccomp_library_version()}}}};
}

} // namespace oci::runtime
