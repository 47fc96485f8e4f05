#include "unpack/protocol.h"

#include "base/sys.h"
#include "base/text.h"

#include <algorithm>
#include <vector>

namespace oci::unpack {

namespace {

constexpr std::size_t most_text = 128u << 10; // the kernel's largest xattr, its name and more

} // namespace

void Channel::send(Tag tag, std::string_view text, int fd) const {
  std::string packet(1, static_cast<char>(tag));
  packet += text.substr(0, most_text);
  std::span<const int> fds(&fd, fd >= 0 ? 1 : 0);
  check(sys::send_fds(socket_, packet, fds), "send to the other half of unpack");
}

std::optional<Message> Channel::receive() const {
  std::vector<char> packet(most_text + 1);
  Result<sys::Received> received = sys::receive_fds(socket_, packet);
  if (!received && received.error() == ECONNRESET) return std::nullopt;
  sys::Received got = check(std::move(received), "receive from the other half of unpack");
  if (got.size == 0) return std::nullopt;
  Message message{static_cast<Tag>(packet[0]), std::string(packet.data() + 1, got.size - 1), Fd()};
  if (!got.fds.empty()) message.fd = std::move(got.fds.front());
  return message;
}

std::string encode(const ApplyRequest& request) {
  return cat(static_cast<int>(request.compression), ' ', request.digest_algorithm);
}

ApplyRequest decode_apply(std::string_view text) {
  std::size_t blank = std::min(text.find(' '), text.size());
  auto compression = static_cast<spec::media::Compression>(parse_unsigned(text.substr(0, blank)).value_or(0));
  return {compression, std::string(text.substr(std::min(blank + 1, text.size())))};
}

std::string encode(const Xattr& xattr) { return cat(xattr.name, '\0', xattr.value); }

Xattr decode_xattr(std::string_view text) {
  std::size_t end = std::min(text.find('\0'), text.size());
  return {std::string(text.substr(0, end)), std::string(text.substr(std::min(end + 1, text.size())))};
}

} // namespace oci::unpack
