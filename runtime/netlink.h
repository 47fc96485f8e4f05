// What of rtnetlink(7) moving a device takes.
#pragma once

#include "base/fd.h"
#include "base/sys.h"

#include <cstdint>
#include <functional>
#include <linux/rtnetlink.h>
#include <string>
#include <string_view>

namespace oci::runtime {

// A request: the header, the family's own structure, attributes.
class NetlinkMessage {
public:
  template <class Body>
  NetlinkMessage(std::uint16_t type, std::uint16_t flags, const Body& body) {
    nlmsghdr header{};
    header.nlmsg_type = type;
    header.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
    append(&header, sizeof header);
    append(&body, sizeof body);
  }
  void attribute(std::uint16_t type, std::string_view value);
  std::string finish() const; // with its length

private:
  void append(const void* bytes, std::size_t size);
  std::string bytes_;
};

// Of the network namespace that we are in when it is made.
class Netlink {
public:
  Netlink();
  Result<void> change(const NetlinkMessage& message);
  // Calls `each` with every answer to a dump.
  void dump(const NetlinkMessage& message, const std::function<void(const nlmsghdr&)>& each);

private:
  void send(const NetlinkMessage& message);
  Fd socket_;
};

// The value of an attribute behind a structure of `body` bytes; "" when there is none.
std::string_view netlink_attribute(const nlmsghdr& message, std::size_t body, std::uint16_t type);

} // namespace oci::runtime
