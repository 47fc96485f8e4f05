#include "runtime/mount_options.h"
#include "runtime/plan_parts.h"

#include <algorithm>
#include <sys/stat.h>

namespace oci::runtime {

namespace {

struct Node {
  std::string path;
  std::uint32_t mode = 0; // with its type
  std::uint32_t major = 0, minor = 0;
  std::uint32_t uid = 0, gid = 0;
};

// config-linux.md "Default Devices".
std::vector<Node> default_nodes() {
  constexpr std::uint32_t mode = S_IFCHR | 0666;
  return {{"/dev/null", mode, 1, 3, 0, 0},   {"/dev/zero", mode, 1, 5, 0, 0},    {"/dev/full", mode, 1, 7, 0, 0},
          {"/dev/random", mode, 1, 8, 0, 0}, {"/dev/urandom", mode, 1, 9, 0, 0}, {"/dev/tty", mode, 5, 0, 0, 0}};
}

std::uint32_t device_number(const std::optional<std::int64_t>& number, std::int64_t most, const std::string& field) {
  if (!number) fail(field, ": missing");
  if (*number < 0 || *number > most) fail(field, ": out of range");
  return static_cast<std::uint32_t>(*number);
}

Node node_of(const spec::Device& device, const std::string& field) {
  constexpr std::int64_t last_major = (1 << 12) - 1, last_minor = (1 << 20) - 1;
  check_absolute(device.path, cat(field, ".path"));
  Node node;
  node.path = clean_inside(device.path);
  if (device.type == "p") {
    node.mode = S_IFIFO;
  } else if (device.type == "b" || device.type == "c" || device.type == "u") {
    node.mode = device.type == "b" ? S_IFBLK : S_IFCHR;
    node.major = device_number(device.major, last_major, cat(field, ".major"));
    node.minor = device_number(device.minor, last_minor, cat(field, ".minor"));
  } else {
    fail(field, ".type: unknown device type \"", device.type, "\"");
  }
  node.mode |= device.file_mode.value_or(0666) & 07777;
  node.uid = device.uid.value_or(0);
  node.gid = device.gid.value_or(0);
  return node;
}

std::vector<Node> all_nodes(const PlanContext& context) {
  std::vector<Node> nodes = default_nodes();
  for (std::size_t i = 0; i < context.linux_.devices.size(); ++i) {
    Node node = node_of(context.linux_.devices[i], cat("linux.devices[", i, "]"));
    if (node.path == "/dev/ptmx") continue; // always that of the container's own devpts
    std::erase_if(nodes, [&](const Node& other) { return other.path == node.path; });
    nodes.push_back(std::move(node));
  }
  return nodes;
}

void add_link(PlanBuilder& out, const char* target, const char* path, std::uint32_t flags = 0) {
  out.add({.op = Op::link, .flags = flags, .s = out.text(target), .t = out.text(path)});
}

} // namespace

bool sets_up_dev(const PlanContext& context) {
  const std::vector<spec::Mount>& mounts = context.config.mounts;
  return std::none_of(mounts.begin(), mounts.end(), [](const spec::Mount& mount) {
    if (clean_inside(mount.destination) != "/dev") return false;
    return mount.type == "bind" || parse_mount_options(mount.options).bind;
  });
}

void add_devices(PlanContext& context) {
  PlanBuilder& out = context.out;
  // A user namespace may make no device: it gets the host's by a bind.
  std::uint32_t flags = context.in_user_namespace() ? step_bind : 0;
  for (const Node& node : all_nodes(context)) {
    bool fifo = (node.mode & S_IFMT) == S_IFIFO;
    std::uint32_t path = out.text(node.path);
    out.add({.op = Op::device,
             .flags = fifo ? 0 : flags,
             .s = path,
             .t = path,
             .a = node.mode,
             .b = (std::uint64_t{node.major} << 32) | node.minor,
             .c = node.uid,
             .d = node.gid});
  }
  add_link(out, "/proc/self/fd", "/dev/fd");
  add_link(out, "/proc/self/fd/0", "/dev/stdin");
  add_link(out, "/proc/self/fd/1", "/dev/stdout");
  add_link(out, "/proc/self/fd/2", "/dev/stderr");
  add_link(out, "/proc/kcore", "/dev/core");
  add_link(out, "pts/ptmx", "/dev/ptmx", step_replace);
}

} // namespace oci::runtime
