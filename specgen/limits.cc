// --ulimit and --sysctl.
#include "specgen/draft.h"

#include <algorithm>
#include <array>

namespace oci::specgen {

namespace {

constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();
constexpr unsigned cap_sys_resource = 24;

std::uint64_t parse_limit(const std::string& text, const std::string& value) {
  if (value == "-1" || value == "unlimited") return unlimited;
  if (const auto number = parse_unsigned(value)) return *number;
  refuse("--ulimit", text, "not of the form NAME=SOFT[:HARD] with numbers, -1 or unlimited");
}

spec::Rlimit parse_ulimit(const std::string& text) {
  static constexpr std::array<std::string_view, 15> names = {"core",    "cpu",      "data",   "fsize",      "locks",
                                                             "memlock", "msgqueue", "nice",   "nofile",     "nproc",
                                                             "rss",     "rtprio",   "rttime", "sigpending", "stack"};
  const auto [name, value] = parse_pair("--ulimit", text, "NAME=SOFT[:HARD]");
  const std::vector<std::string> known(names.begin(), names.end());
  if (std::find(names.begin(), names.end(), name) == names.end())
    refuse("--ulimit", text, "no such limit; there are ", join(known, ", "));
  const auto colon = value.find(':');
  spec::Rlimit limit;
  limit.soft = parse_limit(text, value.substr(0, colon));
  limit.hard = colon == std::string::npos ? limit.soft : parse_limit(text, value.substr(colon + 1));
  if (limit.soft > limit.hard) refuse("--ulimit", text, "the soft limit is above the hard one");
  limit.type = "RLIMIT_";
  for (const char c : name) limit.type.push_back(static_cast<char>(c - 32));
  return limit;
}

// The most this machine lets us give; without CAP_SYS_RESOURCE a hard limit cannot be raised.
std::uint64_t highest(const Draft& draft, const std::string& type) {
  if (!draft.host.capabilities || (*draft.host.capabilities >> cap_sys_resource & 1) != 0) return unlimited;
  const auto found = draft.host.hard_limits.find(type);
  return found == draft.host.hard_limits.end() ? unlimited : found->second;
}

void lower_engines_limits(Draft& draft) {
  for (spec::Rlimit& limit : draft.process().rlimits) {
    const std::uint64_t most = highest(draft, limit.type);
    if (limit.hard <= most) continue;
    const std::string place = cat("process.rlimits[", limit.type, "].");
    draft.set(place + "hard", limit.hard, most, from_host("hard limit"));
    if (limit.soft > most) draft.set(place + "soft", limit.soft, most, from_host("hard limit"));
  }
}

void apply_ulimit(Draft& draft, const std::string& text) {
  spec::Rlimit limit = parse_ulimit(text);
  if (limit.hard > highest(draft, limit.type))
    draft.warn("--ulimit ", printable(text), ": this machine cannot raise it above ", highest(draft, limit.type));
  std::vector<spec::Rlimit>& limits = draft.process().rlimits;
  const auto same = [&](const spec::Rlimit& l) { return l.type == limit.type; };
  const std::string place = cat("process.rlimits[", limit.type, "]");
  const auto old = std::find_if(limits.begin(), limits.end(), same);
  if (old == limits.end()) {
    draft.note(place, from_flag("--ulimit"));
    limits.push_back(std::move(limit));
    return;
  }
  draft.note_over(place, from_flag("--ulimit"), cat(old->soft, ":", old->hard));
  *old = std::move(limit);
}

// The namespace a kernel setting belongs to; "" when it is the whole machine's.
std::string_view namespace_of(std::string_view key) {
  static constexpr std::array<std::string_view, 8> ipc = {"kernel.msgmax", "kernel.msgmnb",         "kernel.msgmni",
                                                          "kernel.sem",    "kernel.shmall",         "kernel.shmmax",
                                                          "kernel.shmmni", "kernel.shm_rmid_forced"};
  if (std::find(ipc.begin(), ipc.end(), key) != ipc.end() || key.starts_with("fs.mqueue.")) return "ipc";
  if (key.starts_with("net.")) return "network";
  if (key == "kernel.domainname") return "uts";
  return "";
}

void apply_sysctl(Draft& draft, const std::string& text) {
  auto [key, value] = parse_pair("--sysctl", text);
  std::replace(key.begin(), key.end(), '/', '.');
  const bool odd =
      key.find("..") != std::string::npos || key.ends_with('.') || key.find_first_of(" \t\n") != std::string::npos;
  if (odd || value.find('\n') != std::string::npos) refuse("--sysctl", text, "not of the form NAME=VALUE");
  const std::string_view ns = namespace_of(key);
  if (ns.empty())
    refuse("--sysctl", text,
           "not a setting of a container's own (kernel.msg*, kernel.sem, kernel.shm*, fs.mqueue.*, net.*, "
           "kernel.domainname)");
  if (!draft.has_namespace(ns))
    refuse("--sysctl", text, "would change the host's: the container has no ", ns, " namespace");
  draft.set(cat("linux.sysctl[", key, "]"), draft.linux_part().sysctl[key], value, from_flag("--sysctl"));
}

// Older kernels have no such setting, and one with a user namespace refuses a range with ids that are not mapped.
bool is_refused(const Draft& draft, const std::string& key) {
  if (key == "net.ipv4.ip_unprivileged_port_start") return !draft.kernel_at_least(4, 11);
  return key == "net.ipv4.ping_group_range" && draft.has_namespace("user");
}

void add_engines_sysctls(Draft& draft) {
  const std::vector<spec::Namespace>& all = draft.linux_part().namespaces;
  const auto fresh = [](const spec::Namespace& ns) { return ns.type == "network" && ns.path.empty(); };
  if (std::none_of(all.begin(), all.end(), fresh)) return;
  for (const auto& [key, value] : draft.engine.sysctl)
    if (!is_refused(draft, key)) draft.linux_part().sysctl[key] = value;
}

} // namespace

void apply_limits(Draft& draft) {
  lower_engines_limits(draft);
  for (const std::string& text : draft.request.ulimit) apply_ulimit(draft, text);
  add_engines_sysctls(draft);
  for (const std::string& text : draft.request.sysctl) apply_sysctl(draft, text);
}

} // namespace oci::specgen
