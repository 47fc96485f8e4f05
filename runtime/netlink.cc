#include "runtime/netlink.h"

#include "base/error.h"

#include <cerrno>
#include <cstring>
#include <memory>
#include <sys/socket.h>

namespace oci::runtime {

namespace {

constexpr std::size_t largest_answer = 32768; // what the kernel fills at most for one read of a dump

} // namespace

void NetlinkMessage::append(const void* bytes, std::size_t size) {
  bytes_.append(static_cast<const char*>(bytes), size);
  bytes_.append(NLMSG_ALIGN(bytes_.size()) - bytes_.size(), '\0');
}

void NetlinkMessage::attribute(std::uint16_t type, std::string_view value) {
  const rtattr header{static_cast<std::uint16_t>(RTA_LENGTH(value.size())), type};
  append(&header, sizeof header);
  append(value.data(), value.size());
}

std::string NetlinkMessage::finish() const {
  std::string text = bytes_;
  const auto size = static_cast<std::uint32_t>(text.size());
  std::memcpy(text.data(), &size, sizeof size);
  return text;
}

Netlink::Netlink() : socket_(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)) {
  if (!socket_) fail_errno(Errno{errno}, "make a netlink socket");
}

void Netlink::send(const NetlinkMessage& message) {
  const std::string bytes = message.finish();
  if (::send(socket_.get(), bytes.data(), bytes.size(), 0) < 0) fail_errno(Errno{errno}, "speak to netlink");
}

Result<void> Netlink::change(const NetlinkMessage& message) {
  send(message);
  alignas(nlmsghdr) char answer[512];
  const ssize_t size = recv(socket_.get(), answer, sizeof answer, 0);
  if (size < 0) fail_errno(Errno{errno}, "hear from netlink");
  const auto* header = reinterpret_cast<const nlmsghdr*>(answer);
  if (static_cast<std::size_t>(size) < NLMSG_LENGTH(sizeof(nlmsgerr)) || header->nlmsg_type != NLMSG_ERROR)
    fail("netlink spoke out of turn");
  const int error = static_cast<const nlmsgerr*>(NLMSG_DATA(header))->error;
  if (error != 0) return tl::unexpected(Errno{-error});
  return {};
}

void Netlink::dump(const NetlinkMessage& message, const std::function<void(const nlmsghdr&)>& each) {
  send(message);
  const auto buffer = std::make_unique<std::uint64_t[]>(largest_answer / sizeof(std::uint64_t));
  for (;;) {
    ssize_t left = recv(socket_.get(), buffer.get(), largest_answer, 0);
    if (left < 0) fail_errno(Errno{errno}, "hear from netlink");
    for (const auto* header = reinterpret_cast<const nlmsghdr*>(buffer.get()); NLMSG_OK(header, left);
         header = NLMSG_NEXT(header, left)) {
      if (header->nlmsg_type == NLMSG_DONE) return;
      if (header->nlmsg_type == NLMSG_ERROR)
        fail_errno(Errno{-static_cast<const nlmsgerr*>(NLMSG_DATA(header))->error}, "ask netlink");
      each(*header);
    }
  }
}

std::string_view netlink_attribute(const nlmsghdr& message, std::size_t body, std::uint16_t type) {
  const std::size_t start = NLMSG_HDRLEN + NLMSG_ALIGN(body);
  if (message.nlmsg_len < start) return {};
  auto left = static_cast<int>(message.nlmsg_len - start);
  for (const auto* attribute = reinterpret_cast<const rtattr*>(reinterpret_cast<const char*>(&message) + start);
       RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left))
    if (attribute->rta_type == type) return {static_cast<const char*>(RTA_DATA(attribute)), RTA_PAYLOAD(attribute)};
  return {};
}

} // namespace oci::runtime
