#include "cli/host_facts.h"

#include "base/error.h"
#include "base/files.h"
#include "base/io.h"
#include "base/sys.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <dirent.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace oci::cli {

namespace {

constexpr long cgroup2_magic = 0x63677270;
constexpr std::size_t max_option_file = 1u << 20;

std::uint64_t bounding_set() {
  std::uint64_t mask = 0;
  for (int capability = 0; capability < 64; ++capability) {
    const int held = ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0);
    if (held < 0) break;
    if (held == 1) mask |= std::uint64_t{1} << capability;
  }
  return mask;
}

std::map<std::string, std::uint64_t> hard_limits() {
  static constexpr std::array<std::pair<const char*, int>, 16> names{{
      {"RLIMIT_AS", RLIMIT_AS},
      {"RLIMIT_CORE", RLIMIT_CORE},
      {"RLIMIT_CPU", RLIMIT_CPU},
      {"RLIMIT_DATA", RLIMIT_DATA},
      {"RLIMIT_FSIZE", RLIMIT_FSIZE},
      {"RLIMIT_LOCKS", RLIMIT_LOCKS},
      {"RLIMIT_MEMLOCK", RLIMIT_MEMLOCK},
      {"RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE},
      {"RLIMIT_NICE", RLIMIT_NICE},
      {"RLIMIT_NOFILE", RLIMIT_NOFILE},
      {"RLIMIT_NPROC", RLIMIT_NPROC},
      {"RLIMIT_RSS", RLIMIT_RSS},
      {"RLIMIT_RTPRIO", RLIMIT_RTPRIO},
      {"RLIMIT_RTTIME", RLIMIT_RTTIME},
      {"RLIMIT_SIGPENDING", RLIMIT_SIGPENDING},
      {"RLIMIT_STACK", RLIMIT_STACK},
  }};
  std::map<std::string, std::uint64_t> out;
  for (const auto& [name, number] : names) {
    rlimit limit{};
    if (::getrlimit(static_cast<__rlimit_resource_t>(number), &limit) == 0) out[name] = limit.rlim_max;
  }
  return out;
}

std::vector<unsigned> thermal_throttle_cpus(unsigned cpus) {
  std::vector<unsigned> out;
  for (unsigned cpu = 0; cpu < cpus; ++cpu)
    if (::access(cat("/sys/devices/system/cpu/cpu", cpu, "/thermal_throttle").c_str(), F_OK) == 0) out.push_back(cpu);
  return out;
}

// Lines of securityfs' list are "name (mode)".
std::vector<std::string> apparmor_profiles() {
  std::vector<std::string> out;
  if (::access("/sys/module/apparmor/parameters/enabled", F_OK) != 0) return out;
  Result<Fd> file = sys::open("/sys/kernel/security/apparmor/profiles", O_RDONLY);
  if (!file) return out;
  for (const std::string& line : split(read_all(file->get(), 4u << 20, "AppArmor's profiles"), '\n'))
    if (const std::size_t space = line.rfind(" ("); space != std::string::npos) out.push_back(line.substr(0, space));
  return out;
}

void add_device(std::map<std::string, specgen::DeviceNode>& devices, const std::string& path, int depth) {
  const Result<struct stat> status = sys::stat(path);
  if (!status) return; // specgen says which flag wanted it
  if (S_ISCHR(status->st_mode) || S_ISBLK(status->st_mode)) {
    devices[path] = {S_ISCHR(status->st_mode) ? 'c' : 'b',
                     major(status->st_rdev),
                     minor(status->st_rdev),
                     status->st_mode & 07777,
                     status->st_uid,
                     status->st_gid};
  } else if (S_ISDIR(status->st_mode) && depth < 4) {
    DIR* folder = ::opendir(path.c_str());
    if (folder == nullptr) return;
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(folder))
      if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
    ::closedir(folder);
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) add_device(devices, cat(path, '/', name), depth + 1);
  }
}

std::string find_in_path(const std::string& name) {
  const char* path = ::getenv("PATH");
  for (const std::string& folder : split(path == nullptr ? "/usr/bin:/bin" : path, ':')) {
    const std::string program = cat(folder, "/", name);
    if (folder.starts_with('/') && ::access(program.c_str(), X_OK) == 0) return program;
  }
  return "";
}

} // namespace

specgen::HostFacts gather_host_facts(const specgen::Needs& needs) {
  specgen::HostFacts facts;
  utsname names{};
  if (::uname(&names) == 0) {
    facts.kernel_release = names.release;
    facts.hostname = names.nodename;
  }
  facts.capabilities = bounding_set();
  facts.hard_limits = hard_limits();
  facts.cpus = static_cast<unsigned>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN)));
  facts.thermal_throttle_cpus = thermal_throttle_cpus(facts.cpus);
  facts.apparmor_profiles = apparmor_profiles();
  facts.cgroup2 = host_has_cgroup2_only();
  for (const std::string& name : needs.programs)
    if (const std::string path = find_in_path(name); !path.empty()) facts.programs[name] = path;
  facts.resolv_conf = read_file_if_exists("/etc/resolv.conf", max_option_file).value_or("");
  for (const std::string& path : needs.devices) add_device(facts.devices, path, 0);
  return facts;
}

bool host_has_cgroup2_only() {
  struct statfs root {};
  return ::statfs("/sys/fs/cgroup", &root) == 0 && root.f_type == cgroup2_magic;
}

void complete_request(specgen::Request& request, const specgen::Needs& needs) {
  for (char** entry = environ; *entry != nullptr; ++entry) request.environment.emplace_back(*entry);
  request.folder = absolute_path(".");
  for (const specgen::Needs::File& file : needs.files)
    if (!request.files.contains(file.path))
      request.files[file.path] = with_context(file.named_by, [&] { return read_file(file.path, max_option_file); });
}

} // namespace oci::cli
