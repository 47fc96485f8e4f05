#include "specgen/seccomp_profile.h"

#include "base/error.h"
#include "base/json.h"

#include <algorithm>
#include <array>

namespace oci::specgen {

namespace {

bool contains(const std::vector<std::string>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

struct ArchName {
  std::string_view go, profile, seccomp; // GOARCH, the profile's word, libseccomp's
};

const ArchName* find_arch(std::string_view go) {
  static constexpr std::array<ArchName, 12> names = {{{"386", "x86", "SCMP_ARCH_X86"},
                                                      {"amd64", "amd64", "SCMP_ARCH_X86_64"},
                                                      {"arm", "arm", "SCMP_ARCH_ARM"},
                                                      {"arm64", "arm64", "SCMP_ARCH_AARCH64"},
                                                      {"mips64", "mips64", "SCMP_ARCH_MIPS64"},
                                                      {"mips64le", "mipsel64", "SCMP_ARCH_MIPSEL64"},
                                                      {"mips64p32", "mips64n32", "SCMP_ARCH_MIPS64N32"},
                                                      {"mips64p32le", "mipsel64n32", "SCMP_ARCH_MIPSEL64N32"},
                                                      {"ppc64le", "ppc64le", "SCMP_ARCH_PPC64LE"},
                                                      {"riscv64", "riscv64", "SCMP_ARCH_RISCV64"},
                                                      {"s390x", "s390x", "SCMP_ARCH_S390X"},
                                                      {"loong64", "loong64", "SCMP_ARCH_LOONGARCH64"}}};
  const auto found = std::find_if(names.begin(), names.end(), [&](const ArchName& a) { return a.go == go; });
  return found == names.end() ? nullptr : &*found;
}

bool holds(const ProfileRule& rule, const std::vector<std::string>& caps, std::string_view arch, KernelVersion kernel) {
  const auto has = [&](const std::string& cap) { return contains(caps, cap); };
  const ProfileFilter& in = rule.includes;
  const ProfileFilter& ex = rule.excludes;
  if (contains(ex.arches, arch) || std::any_of(ex.caps.begin(), ex.caps.end(), has)) return false;
  if (ex.min_kernel && kernel >= *ex.min_kernel) return false;
  if (!in.arches.empty() && !contains(in.arches, arch)) return false;
  return std::all_of(in.caps.begin(), in.caps.end(), has) && (!in.min_kernel || kernel >= *in.min_kernel);
}

// ---- reading a profile ----

// Takes a member out of an object; null when there is none.
Json take(Json& object, std::string_view key) {
  Json* found = object.find(key);
  if (found == nullptr) return {};
  Json taken = std::move(*found);
  object.erase(key);
  return taken;
}

std::vector<std::string> texts(const Json& list, std::string_view where) {
  std::vector<std::string> all;
  if (list.is_null()) return all;
  if (list.as_array() == nullptr) fail(where, ": a list of strings is expected");
  for (const Json& item : *list.as_array()) {
    if (item.as_string() == nullptr) fail(where, ": a list of strings is expected");
    all.push_back(*item.as_string());
  }
  return all;
}

ProfileFilter read_filter(const Json& json, const std::string& where) {
  ProfileFilter filter;
  if (json.is_null()) return filter;
  if (json.as_object() == nullptr) fail(where, ": an object is expected");
  if (const Json* caps = json.find("caps")) filter.caps = texts(*caps, cat(where, ".caps"));
  if (const Json* arches = json.find("arches")) filter.arches = texts(*arches, cat(where, ".arches"));
  if (const Json* kernel = json.find("minKernel"); kernel != nullptr && !kernel->is_null()) {
    const std::string* text = kernel->as_string();
    if (text == nullptr || text->empty() || (*text)[0] < '0' || (*text)[0] > '9')
      fail(where, ".minKernel: a version such as \"4.8\" is expected");
    filter.min_kernel = KernelVersion::parse(*text);
  }
  return filter;
}

ProfileArch read_arch(const Json& json, const std::string& where) {
  const Json* name = json.find("architecture");
  if (name == nullptr || name->as_string() == nullptr) fail(where, ".architecture: a string is expected");
  const Json* subs = json.find("subArchitectures");
  return {*name->as_string(),
          subs == nullptr ? std::vector<std::string>{} : texts(*subs, cat(where, ".subArchitectures"))};
}

Json::Array array_or_empty(Json json, std::string_view where) {
  if (json.is_null()) return {};
  if (json.as_array() == nullptr) fail(where, ": a list is expected");
  return std::move(*json.as_array());
}

// The old singular "name", still seen in the wild.
void use_plural(Json& rule, const std::string& where) {
  Json name = take(rule, "name");
  if (name.is_null() || name == Json("")) return;
  const Json* names = rule.find("names");
  if (names != nullptr && names->as_array() != nullptr && !names->as_array()->empty())
    fail(where, ": name and names cannot both be given");
  rule.set("names", Json::Array{std::move(name)});
}

} // namespace

SeccompProfile parse_seccomp_profile(std::string_view text, std::string_view name) {
  Json document = parse_json(text, name);
  if (document.as_object() == nullptr) fail(name, ": a seccomp profile is an object");
  SeccompProfile profile;
  std::size_t index = 0;
  for (const Json& arch : array_or_empty(take(document, "archMap"), cat(name, ": archMap")))
    profile.arch_map.push_back(read_arch(arch, cat(name, ": archMap[", index++, "]")));
  Json::Array rules = array_or_empty(take(document, "syscalls"), cat(name, ": syscalls"));
  index = 0;
  for (Json& rule : rules) {
    const std::string where = cat(name, ": syscalls[", index++, "]");
    if (rule.as_object() == nullptr) fail(where, ": an object is expected");
    use_plural(rule, where);
    ProfileRule conditions;
    conditions.includes = read_filter(take(rule, "includes"), cat(where, ".includes"));
    conditions.excludes = read_filter(take(rule, "excludes"), cat(where, ".excludes"));
    take(rule, "comment");
    profile.rules.push_back(std::move(conditions));
  }
  document.set("syscalls", std::move(rules));
  profile.base = spec::parse_seccomp(dump_json(document), name);
  for (std::size_t i = 0; i < profile.rules.size(); ++i) {
    profile.rules[i].rule = std::move(profile.base.syscalls[i]);
    profile.rules[i].rule.extra = {};
  }
  profile.base.syscalls.clear();
  profile.base.extra = {}; // keys of the profile's form alone, as "defaultErrno"
  if (!profile.arch_map.empty() && !profile.base.architectures.empty())
    fail(name, ": architectures and archMap cannot both be given");
  return profile;
}

spec::Seccomp resolve(const SeccompProfile& profile, const std::vector<std::string>& bounding_capabilities,
                      std::string_view architecture, KernelVersion kernel) {
  spec::Seccomp seccomp = profile.base;
  const ArchName* arch = find_arch(architecture);
  for (const ProfileArch& entry : profile.arch_map) {
    if (arch == nullptr || entry.architecture != arch->seccomp) continue;
    seccomp.architectures.push_back(entry.architecture);
    seccomp.architectures.insert(seccomp.architectures.end(), entry.sub_architectures.begin(),
                                 entry.sub_architectures.end());
    break;
  }
  const std::string_view word = arch == nullptr ? architecture : arch->profile;
  for (const ProfileRule& rule : profile.rules)
    if (holds(rule, bounding_capabilities, word, kernel)) seccomp.syscalls.push_back(rule.rule);
  return seccomp;
}

} // namespace oci::specgen
