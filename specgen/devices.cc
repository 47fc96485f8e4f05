// linux.devices and the rules that let the container use them.
#include "specgen/devices.h"
#include "specgen/draft.h"

#include "base/files.h"

#include <algorithm>

namespace oci::specgen {

namespace {

struct WantedDevice {
  std::string host, inside, access = "rwm";
  std::string text;
};

bool is_access(std::string_view text) {
  return !text.empty() && text.size() <= 3 && text.find_first_not_of("rwm") == std::string_view::npos;
}

WantedDevice parse_device(const std::string& text) {
  const std::vector<std::string> parts = split(text, ':');
  WantedDevice device;
  device.text = text;
  const char* form = "not of the form HOST[:CONTAINER][:rwm]";
  if (parts.size() > 3 || parts[0].empty() || parts[0][0] != '/' || has_nul(text)) refuse("--device", text, form);
  device.host = device.inside = clean_path(parts[0]);
  if (parts.size() == 2 && is_access(parts[1]))
    device.access = parts[1];
  else if (parts.size() >= 2)
    device.inside = parse_absolute_path(cat("--device ", text, ":"), parts[1]);
  if (parts.size() == 3 && !is_access(parts[2])) refuse("--device", text, form);
  if (parts.size() == 3) device.access = parts[2];
  return device;
}

spec::Device device_at(const std::string& path, const DeviceNode& node) {
  spec::Device device;
  device.type = std::string(1, node.type);
  device.path = path;
  device.major = node.major;
  device.minor = node.minor;
  device.file_mode = node.mode;
  device.uid = node.uid;
  device.gid = node.gid;
  return device;
}

void add_rule(Draft& draft, spec::DeviceRule rule, const char* flag) {
  std::vector<spec::DeviceRule>& rules = draft.resources().devices;
  draft.note(cat("linux.resources.devices[", rules.size(), "]"), from_flag(flag));
  rules.push_back(std::move(rule));
}

void add_device(Draft& draft, const std::string& inside, const DeviceNode& node, const char* flag) {
  std::vector<spec::Device>& devices = draft.linux_part().devices;
  const auto same = [&](const spec::Device& d) { return d.path == inside; };
  devices.erase(std::remove_if(devices.begin(), devices.end(), same), devices.end());
  draft.note(cat("linux.devices[", inside, "]"), from_flag(flag));
  devices.push_back(device_at(inside, node));
}

// The host's devices at a path: itself, or all beneath it when it is a folder.
void add_devices(Draft& draft, const WantedDevice& wanted) {
  bool any = false;
  for (const auto& [path, node] : draft.host.devices) {
    const bool beneath = path.starts_with(cat(wanted.host, "/"));
    if (path != wanted.host && !beneath) continue;
    any = true;
    add_device(draft, wanted.inside + path.substr(wanted.host.size()), node, "--device");
    if (draft.request.privileged) continue;
    spec::DeviceRule rule;
    rule.allow = true;
    rule.type = std::string(1, node.type);
    rule.major = node.major;
    rule.minor = node.minor;
    rule.access = wanted.access;
    add_rule(draft, std::move(rule), "--device");
  }
  if (!any) refuse("--device", wanted.text, "no device ", printable(wanted.host), " on this machine");
}

// "c 1:3 rwm", "a *:* rwm"
spec::DeviceRule parse_rule(const std::string& text) {
  const char* flag = "--device-cgroup-rule";
  const std::vector<std::string> words = split(text, ' ');
  const char* form = "not of the form \"TYPE MAJOR:MINOR ACCESS\" (c 1:3 rwm; a, b or c; * for all)";
  if (words.size() != 3 || (words[0] != "a" && words[0] != "b" && words[0] != "c") || !is_access(words[2]))
    refuse(flag, text, form);
  const std::vector<std::string> numbers = split(words[1], ':');
  if (numbers.size() != 2) refuse(flag, text, form);
  spec::DeviceRule rule;
  rule.allow = true;
  rule.type = words[0];
  if (numbers[0] != "*") rule.major = parse_integer(flag, numbers[0], 0, 4095);
  if (numbers[1] != "*") rule.minor = parse_integer(flag, numbers[1], 0, 1048575);
  rule.access = words[2];
  return rule;
}

// A privileged container has all of the host's devices but those that its own /dev brings.
void add_all_devices(Draft& draft) {
  for (const auto& [path, node] : draft.host.devices) {
    const bool own = path.starts_with("/dev/pts/") || path.starts_with("/dev/shm/") ||
                     path.starts_with("/dev/mqueue/") || path == "/dev/console" || path == "/dev/ptmx";
    if (path.starts_with("/dev/") && !own) add_device(draft, path, node, "--privileged");
  }
  draft.resources().devices.clear();
  spec::DeviceRule everything;
  everything.allow = true;
  everything.access = "rwm";
  add_rule(draft, std::move(everything), "--privileged");
}

} // namespace

std::vector<std::string> device_paths(const Request& request) {
  std::vector<std::string> paths;
  if (request.privileged) paths.emplace_back("/dev");
  for (const std::string& text : request.device) paths.push_back(parse_device(text).host);
  for (const auto* list : {&request.blkio_weight_device, &request.device_read_bps, &request.device_write_bps,
                           &request.device_read_iops, &request.device_write_iops})
    for (const std::string& text : *list) paths.push_back(text.substr(0, text.rfind(':')));
  return paths;
}

void apply_devices(Draft& draft) {
  if (draft.request.privileged) add_all_devices(draft);
  for (const std::string& text : draft.request.device) add_devices(draft, parse_device(text));
  for (const std::string& text : draft.request.device_cgroup_rule)
    add_rule(draft, parse_rule(text), "--device-cgroup-rule");
}

} // namespace oci::specgen
