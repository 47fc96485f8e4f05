#include "runtime/cgroup_devices.h"

#include "base/error.h"

#include <algorithm>
#include <limits>
#include <string_view>

namespace oci::runtime {

namespace {

const DeviceException defaults[] = {
    {'c', {}, {}, device_mknod},
    {'b', {}, {}, device_mknod},
    {'c', 1, 3},    // null
    {'c', 1, 5},    // zero
    {'c', 1, 7},    // full
    {'c', 1, 8},    // random
    {'c', 1, 9},    // urandom
    {'c', 5, 0},    // tty
    {'c', 5, 1},    // console
    {'c', 5, 2},    // ptmx
    {'c', 136, {}}, // pts
    {'c', 10, 200}, // net/tun
};

bool same_devices(const DeviceException& a, const DeviceException& b) {
  return a.type == b.type && a.major == b.major && a.minor == b.minor;
}

bool overlap(const DeviceException& a, const DeviceException& b) {
  const auto meet = [](const auto& x, const auto& y) { return !x || !y || *x == *y; };
  return a.type == b.type && meet(a.major, b.major) && meet(a.minor, b.minor);
}

bool covers(const DeviceException& whole, const DeviceException& part) {
  const auto holds = [](const auto& x, const auto& y) { return !x || (y && *x == *y); };
  return whole.type == part.type && holds(whole.major, part.major) && holds(whole.minor, part.minor) &&
         (part.access & ~whole.access) == 0;
}

// Adds to what differs from the policy's word.
void except(DevicePolicy& policy, const DeviceException& added) {
  for (DeviceException& known : policy.exceptions) {
    if (!same_devices(known, added)) continue;
    known.access |= added.access;
    return;
  }
  policy.exceptions.push_back(added);
}

// Takes back from the exceptions. False where only a part of one would have to go.
bool take_back(DevicePolicy& policy, const DeviceException& taken) {
  for (DeviceException& known : policy.exceptions) {
    if (!overlap(known, taken) || (known.access & taken.access) == 0) continue;
    const DeviceException whole{taken.type, taken.major, taken.minor, known.access};
    if (!covers(whole, known)) return false;
    known.access &= ~taken.access;
  }
  std::erase_if(policy.exceptions, [](const DeviceException& e) { return e.access == 0; });
  return true;
}

unsigned parse_access(const std::string& text, std::string_view field) {
  if (text.empty()) return device_all;
  unsigned access = 0;
  for (const char c : text) {
    const std::size_t at = std::string_view("rwm").find(c);
    if (at == std::string_view::npos) fail(field, ".access: \"", printable(text), "\" is not of r, w and m");
    access |= 1u << at;
  }
  return access;
}

std::optional<std::uint32_t> parse_number(const std::optional<std::int64_t>& number, std::string_view field) {
  if (!number || *number == -1) return std::nullopt;
  if (*number < 0 || *number > std::numeric_limits<std::uint32_t>::max()) fail(field, ": out of range");
  return static_cast<std::uint32_t>(*number);
}

void apply(DevicePolicy& policy, const spec::DeviceRule& rule, const std::string& field) {
  const bool any_type = rule.type.empty() || rule.type == "a";
  if (!any_type && rule.type != "c" && rule.type != "b" && rule.type != "u")
    fail(field, ".type: \"", printable(rule.type), "\" is not of a, b and c");
  DeviceException devices{'c', parse_number(rule.major, cat(field, ".major")),
                          parse_number(rule.minor, cat(field, ".minor")), parse_access(rule.access, field)};
  if (any_type && !devices.major && !devices.minor && devices.access == device_all) {
    policy = {rule.allow, {}};
    return;
  }
  for (const char type : {'c', 'b'}) {
    if (!any_type && (rule.type == "b") != (type == 'b')) continue;
    devices.type = type;
    if (rule.allow != policy.allow)
      except(policy, devices);
    else if (!take_back(policy, devices))
      fail(field, ": takes a part out of what an earlier rule names as a whole");
  }
}

} // namespace

DevicePolicy device_policy(const std::vector<spec::DeviceRule>& rules) {
  DevicePolicy policy;
  for (std::size_t i = 0; i < rules.size(); ++i) apply(policy, rules[i], cat("linux.resources.devices[", i, "]"));
  if (!policy.allow) {
    for (const DeviceException& device : defaults) except(policy, device);
  }
  return policy;
}

std::string device_line(const DeviceException& exception) {
  const auto number = [](const std::optional<std::uint32_t>& n) { return n ? std::to_string(*n) : "*"; };
  std::string access;
  for (unsigned bit = 0; bit < 3; ++bit)
    if (exception.access & (1u << bit)) access += "rwm"[bit];
  return cat(exception.type, " ", number(exception.major), ":", number(exception.minor), " ", access);
}

} // namespace oci::runtime
