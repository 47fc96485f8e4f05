#include "runtime/net_devices.h"

#include "base/error.h"
#include "runtime/netlink.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <sched.h>
#include <set>
#include <vector>

namespace oci::runtime {

namespace {

struct Address {
  ifaddrmsg header{};
  std::vector<std::pair<std::uint16_t, std::string>> attributes;
};

struct Device {
  std::string outside, inside;
  int index = 0;
  std::vector<Address> addresses;
};

std::string_view bytes_of(const std::uint32_t& value) { return {reinterpret_cast<const char*>(&value), sizeof value}; }

std::string named(std::string_view name) { return std::string(name) + '\0'; }

// What dev_valid_name takes.
bool is_device_name(std::string_view name) {
  return !name.empty() && name.size() < IFNAMSIZ && name != "." && name != ".." &&
         name.find_first_of("/: \t\n\v\f\r") == name.npos;
}

const ifinfomsg& link_of(const nlmsghdr& message) { return *static_cast<const ifinfomsg*>(NLMSG_DATA(&message)); }

void each_link(Netlink& netlink, const std::function<void(int, std::string_view)>& each) {
  netlink.dump(NetlinkMessage(RTM_GETLINK, NLM_F_DUMP, ifinfomsg{}), [&](const nlmsghdr& answer) {
    std::string_view name = netlink_attribute(answer, sizeof(ifinfomsg), IFLA_IFNAME);
    each(link_of(answer).ifi_index, name.substr(0, name.find('\0')));
  });
}

// The flags in 32 bits are an attribute, of which the header has eight.
std::uint32_t flags_of(const nlmsghdr& answer, const ifaddrmsg& header) {
  const std::string_view wide = netlink_attribute(answer, sizeof header, IFA_FLAGS);
  std::uint32_t flags = header.ifa_flags;
  if (wide.size() == sizeof flags) std::copy(wide.begin(), wide.end(), reinterpret_cast<char*>(&flags));
  return flags;
}

void read_addresses(Netlink& netlink, std::vector<Device>& devices) {
  netlink.dump(NetlinkMessage(RTM_GETADDR, NLM_F_DUMP, ifaddrmsg{}), [&](const nlmsghdr& answer) {
    const auto& header = *static_cast<const ifaddrmsg*>(NLMSG_DATA(&answer));
    const auto device = std::find_if(devices.begin(), devices.end(), [&](const Device& candidate) {
      return candidate.index == static_cast<int>(header.ifa_index);
    });
    const std::uint32_t flags = flags_of(answer, header);
    if (device == devices.end() || header.ifa_scope != RT_SCOPE_UNIVERSE || (flags & IFA_F_PERMANENT) == 0) return;
    Address address{header, {}};
    for (std::uint16_t type : {IFA_LOCAL, IFA_ADDRESS, IFA_BROADCAST})
      if (const std::string_view value = netlink_attribute(answer, sizeof header, type); !value.empty())
        address.attributes.emplace_back(type, value);
    device->addresses.push_back(std::move(address));
  });
}

std::string field_of(const Device& device) { return cat("linux.netDevices[\"", device.outside, "\"]"); }

// Where all of them are, before the first is moved.
std::vector<Device> find_devices(Netlink& netlink, const spec::Linux& config) {
  std::vector<Device> devices;
  for (const auto& [name, device] : config.net_devices)
    devices.push_back({name, device.name.empty() ? name : device.name, 0, {}});
  each_link(netlink, [&](int index, std::string_view name) {
    for (Device& device : devices)
      if (device.outside == name) device.index = index;
  });
  for (const Device& device : devices)
    if (device.index == 0) fail(field_of(device), ": no such network device");
  read_addresses(netlink, devices);
  return devices;
}

// A visit to another network namespace: the socket that is made there stays there.
Netlink netlink_in(int space) {
  const Fd own = check(sys::open("/proc/thread-self/ns/net", O_RDONLY), "open our network namespace");
  if (setns(space, CLONE_NEWNET) < 0) fail_errno(Errno{errno}, "enter the container's network namespace");
  const auto back = [&] {
    if (setns(own.get(), CLONE_NEWNET) < 0) fail_errno(Errno{errno}, "go back to our network namespace");
  };
  try {
    Netlink netlink;
    back();
    return netlink;
  } catch (...) {
    back();
    throw;
  }
}

[[noreturn]] void fail_taken(const Device& device) {
  fail(field_of(device), ": the container has a network device ", device.inside, " already");
}

// The kernel would move it first and find the name taken then.
void check_names(Netlink& inside, const std::vector<Device>& devices) {
  each_link(inside, [&](int, std::string_view name) {
    for (const Device& device : devices)
      if (device.inside == name) fail_taken(device);
  });
}

std::set<int> indexes(Netlink& netlink) {
  std::set<int> found;
  each_link(netlink, [&](int index, std::string_view) { found.insert(index); });
  return found;
}

// What is there now and was not before.
int arrived(Netlink& inside, const std::set<int>& before, const Device& device) {
  for (int index : indexes(inside))
    if (before.count(index) == 0) return index;
  fail(field_of(device), ": did not arrive in the container");
}

void move(Netlink& outside, int space, const Device& device) {
  ifinfomsg link{};
  link.ifi_index = device.index;
  NetlinkMessage message(RTM_NEWLINK, NLM_F_ACK, link);
  message.attribute(IFLA_NET_NS_FD, bytes_of(static_cast<std::uint32_t>(space)));
  message.attribute(IFLA_IFNAME, named(device.inside));
  const Result<void> moved = outside.change(message);
  if (!moved && moved.error() == EEXIST) fail_taken(device);
  if (!moved) fail_errno(moved.error(), cat(field_of(device), ": move it to the container"));
}

void give_addresses(Netlink& inside, int index, const Device& device) {
  for (const Address& address : device.addresses) {
    ifaddrmsg header = address.header;
    header.ifa_index = static_cast<std::uint32_t>(index);
    header.ifa_flags = IFA_F_PERMANENT;
    NetlinkMessage message(RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, header);
    for (const auto& [type, value] : address.attributes) message.attribute(type, value);
    check(inside.change(message), field_of(device), ": give it its addresses");
  }
}

void set_up(Netlink& inside, int index, const Device& device) {
  ifinfomsg link{};
  link.ifi_index = index;
  link.ifi_flags = IFF_UP;
  link.ifi_change = IFF_UP;
  check(inside.change(NetlinkMessage(RTM_NEWLINK, NLM_F_ACK, link)), field_of(device), ": set it up");
}

std::string network_path(const spec::Linux& config, pid_t pid) {
  for (const spec::Namespace& space : config.namespaces)
    if (space.type == "network" && !space.path.empty()) return space.path;
  return cat("/proc/", pid, "/ns/net");
}

} // namespace

void check_net_devices(const spec::Linux& config) {
  if (config.net_devices.empty()) return;
  const bool own = std::any_of(config.namespaces.begin(), config.namespaces.end(),
                               [](const spec::Namespace& space) { return space.type == "network"; });
  if (!own) fail("linux.netDevices: linux.namespaces has no network namespace to take them to");
  std::set<std::string> inside;
  for (const auto& [name, device] : config.net_devices) {
    const std::string field = cat("linux.netDevices[\"", printable(name, 40), "\"]");
    if (!is_device_name(name)) fail(field, ": no name of a network device");
    if (!device.name.empty() && !is_device_name(device.name))
      fail(field, ".name: \"", printable(device.name, 40), "\" is no name of a network device");
    const std::string& to = device.name.empty() ? name : device.name;
    if (to.find('%') == to.npos && !inside.insert(to).second) fail(field, ": another one is to be ", to, " as well");
  }
}

void move_net_devices(const spec::Linux& config, pid_t pid) {
  if (config.net_devices.empty()) return;
  const Fd space = check(sys::open(network_path(config, pid), O_RDONLY), "open the container's network namespace");
  Netlink outside;
  const std::vector<Device> devices = find_devices(outside, config);
  Netlink inside = netlink_in(space.get());
  check_names(inside, devices);
  for (const Device& device : devices) {
    const std::set<int> before = indexes(inside);
    move(outside, space.get(), device);
    const int index = arrived(inside, before, device);
    give_addresses(inside, index, device);
    set_up(inside, index, device);
  }
}

} // namespace oci::runtime
