// The conversation between the process that has the layers and the sandboxed one that makes the rootfs.
//
//   parent                             extractor
//     | -- apply (pipe's read end) -----> |     the compressed layer follows in the pipe
//     | <--------------------- warning -- |     any number of times
//     | <- set_xattr, clear_xattrs (fd) - |     what takes rights that the extractor has given away
//     | -- answer ----------------------> |     an error number, 0 when done
//     | <------------------------ done -- |     the digest of the decompressed stream
//     |    (… the next layer)             |
//     | -- finish ----------------------> |
//     | <------------------------ done -- |
//     | -- contents (pipe's write end) -> |     for a layer's files (contents.h)
//     | -- read_again (read end) -------> |     the compressed layer follows in the pipe
//     | <------------------------ done -- |     the digest of the decompressed stream
//     |    (… the next layer)             |
//
// The extractor ends when the socket is closed. At any time: <- failed (an error number, 0 for none, and text), and the
// extractor ends. One message is one packet: a tag and text.
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "spec/media_types.h"
#include "unpack/member.h"

#include <optional>
#include <string>
#include <string_view>

namespace oci::unpack {

enum class Tag : char {
  apply = 'a',
  finish = 'f',
  contents = 'o',
  read_again = 'g',
  answer = 'r',
  done = 'd',
  failed = 'e',
  warning = 'w',
  set_xattr = 'x',
  clear_xattrs = 'c',
};

struct Message {
  Tag tag;
  std::string text;
  Fd fd; // when one came with it
};

class Channel {
public:
  explicit Channel(int socket) : socket_(socket) {}
  void send(Tag tag, std::string_view text, int fd = -1) const;
  std::optional<Message> receive() const; // nullopt when the other side is gone

private:
  int socket_;
};

struct ApplyRequest {
  spec::media::Compression compression = spec::media::Compression::none;
  std::string digest_algorithm; // of the decompressed stream
};
std::string encode(const ApplyRequest& request);
ApplyRequest decode_apply(std::string_view text);

std::string encode(const Xattr& xattr);
Xattr decode_xattr(std::string_view text);

} // namespace oci::unpack
