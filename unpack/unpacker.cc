#include "base/files.h"
#include "base/log.h"
#include "base/sys.h"
#include "base/text.h"
#include "unpack/contents.h"
#include "unpack/extractor.h"
#include "unpack/protocol.h"
#include "unpack/unpack.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace oci::unpack {

namespace {

constexpr char rootfs_name[] = "rootfs";
constexpr int pipe_bytes = 1 << 20;
constexpr std::size_t buffer_bytes = 256u << 10;

// The extractor said what went wrong, or ended without a word.
class ExtractorFailed : public Error {
public:
  using Error::Error;
};

// As protocol.h has it: an error number, 0 for none, and what went wrong.
[[noreturn]] void throw_failure(const std::string& text) {
  const std::size_t blank = std::min(text.find(' '), text.size());
  const auto number = static_cast<int>(parse_unsigned(std::string_view(text).substr(0, blank)).value_or(0));
  ExtractorFailed failure(text.substr(std::min(blank + 1, text.size())));
  (void)static_cast<Error&&>(failure).with_errno(number);
  throw failure;
}

std::string ending(int status) {
  if (WIFSIGNALED(status))
    return cat("was killed by signal ", WTERMSIG(status), " (", ::strsignal(WTERMSIG(status)), ")");
  return cat("ended with status ", WEXITSTATUS(status));
}

std::vector<std::string> xattr_names(const std::string& path) {
  std::array<char, 65536> list;
  ssize_t size = ::listxattr(path.c_str(), list.data(), list.size());
  std::vector<std::string> names;
  for (ssize_t at = 0; at < size; at += static_cast<ssize_t>(names.back().size()) + 1)
    names.emplace_back(list.data() + at);
  return names;
}

// What the extractor asks of us; `fd` may be O_PATH. The names that reach this are the storable ones of attributes.h,
// and what is asked can concern nothing but what the extractor can open.
Result<void> perform(Tag tag, const Xattr& xattr, const Fd& fd) {
  if (!fd) return tl::unexpected(Errno{EBADF});
  std::string path = cat("/proc/self/fd/", fd.get());
  if (tag == Tag::set_xattr)
    return sys::result_void(::setxattr(path.c_str(), xattr.name.c_str(), xattr.value.data(), xattr.value.size(), 0));
  for (const std::string& name : xattr_names(path)) (void)::removexattr(path.c_str(), name.c_str());
  return {};
}

// As the owner that the image's root is here.
Fd make_rootfs(int bundle, const Ids& ids) {
  const bool shifted = !ids.rootless && !ids.user_namespace;
  const uid_t uid = shifted && !ids.uids.empty() ? map_out(ids.uids, 0).value_or(::geteuid()) : ::geteuid();
  const gid_t gid = shifted && !ids.gids.empty() ? map_out(ids.gids, 0).value_or(::getegid()) : ::getegid();
  Result<void> made = sys::mkdirat(bundle, rootfs_name, 0755);
  if (!made && made.error() == EEXIST) fail("there is a rootfs already");
  check(std::move(made), "make rootfs");
  Fd root = check(sys::openat(bundle, rootfs_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), "open rootfs");
  check(perform(Tag::clear_xattrs, {}, root), "clear rootfs"); // inherited access lists
  check(sys::fchown(root.get(), uid, gid), "set owner of rootfs");
  check(sys::fchmod(root.get(), 0755), "set mode of rootfs");
  return root;
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

} // namespace

Result<void> remove_rootfs(int bundle, const Ids& ids) {
  if (!ids.user_namespace) return remove_tree(bundle, rootfs_name);
  const int status = wait_for(fork_in_user_namespace(ids.maps(), [&] {
    Result<void> removed = remove_tree(bundle, rootfs_name);
    return removed ? 0 : removed.error().value;
  }));
  if (status == 0) return {};
  return tl::unexpected(Errno{WIFEXITED(status) ? WEXITSTATUS(status) : EIO});
}

struct Unpacker::State {
  State(int bundle_fd, const Options& options) : ids(options.ids), stop_fd(options.stop_fd) {
    if (options.onto >= 0) {
      committed = true; // nothing of it is ours to remove
      start(options.onto, options);
      return;
    }
    bundle = check(sys::openat(bundle_fd, ".", O_PATH | O_DIRECTORY), "open the bundle");
    Fd root = make_rootfs(bundle.get(), ids);
    try {
      start(root.get(), options);
    } catch (...) {
      remove();
      throw;
    }
  }

  ~State() {
    if (child > 0) {
      ::kill(child, SIGKILL);
      (void)reap();
    }
    if (!committed) remove();
  }

  void start(int root, const Options& options) {
    sys::SocketPair pair = check(sys::socketpair(SOCK_SEQPACKET), "make a socket");
    auto extract = [&]() -> int { run_extractor(root, pair.child.get(), options); };
    if (ids.user_namespace) {
      child = fork_in_user_namespace(ids.maps(), extract);
    } else {
      child = ::fork();
      if (child < 0) fail_errno(Errno{errno}, "fork");
      if (child == 0) (void)extract();
    }
    socket = std::move(pair.parent);
  }

  void remove() const noexcept {
    Result<void> removed = tl::unexpected(Errno{EIO});
    try {
      removed = remove_rootfs(bundle.get(), ids);
    } catch (const Error& error) {
      log::warning(error.message());
    }
    if (!removed) log::warning("the incomplete rootfs stays: ", errno_text(removed.error().value));
  }

  int reap() {
    int status = wait_for(child);
    child = -1;
    return status;
  }

  // Waits until the extractor has something to say, `pipe` (unless -1) takes more, or some content was received.
  bool wait(int pipe, int timeout) {
    const int content = contents ? contents->fd() : -1;
    pollfd fds[4] = {{pipe, POLLOUT, 0}, {socket.get(), POLLIN, 0}, {stop_fd, POLLIN, 0}, {content, POLLIN, 0}};
    int ready = ::poll(fds, std::size(fds), timeout);
    if (ready < 0 && errno != EINTR) fail_errno(Errno{errno}, "poll");
    if (ready > 0 && fds[2].revents != 0) fail("interrupted");
    if (ready > 0 && fds[3].revents != 0) contents->receive();
    return ready > 0 && fds[1].revents != 0;
  }

  // One message; nullopt when it was a warning or a wish, which is dealt with here.
  std::optional<Message> receive() {
    std::optional<Message> message = channel().receive();
    if (!message) throw ExtractorFailed(cat("the extractor ", ending(reap())));
    switch (message->tag) {
    case Tag::failed:
      throw_failure(message->text);
    case Tag::warning:
      log::warning(message->text);
      return std::nullopt;
    case Tag::set_xattr:
    case Tag::clear_xattrs:
      answer(*message);
      return std::nullopt;
    default:
      return message;
    }
  }

  Message await() {
    for (;;) {
      if (!wait(-1, -1)) continue;
      if (std::optional<Message> message = receive()) return std::move(*message);
    }
  }

  void answer(const Message& message) const {
    Result<void> done = perform(message.tag, decode_xattr(message.text), message.fd);
    channel().send(Tag::answer, cat(done ? 0 : done.error().value));
  }

  // Into a pipe that does not block, as the extractor may want something while it is full.
  void feed(Source& compressed, int pipe) {
    std::vector<std::byte> buffer(buffer_bytes);
    while (std::size_t count = compressed.read(buffer)) {
      Bytes rest = Bytes(buffer).first(count);
      attend(pipe, 0);
      while (!rest.empty()) {
        Result<std::size_t> written = sys::write(pipe, rest.data(), rest.size());
        if (written) {
          rest = rest.subspan(*written);
        } else if (written.error() == EAGAIN) {
          attend(pipe, -1);
        } else {
          fail_errno(written.error(), "write to the extractor");
        }
      }
    }
  }

  // Where the extractor has ended, why is more than that nobody listens.
  void send(Tag tag, std::string_view text, int fd = -1) {
    try {
      channel().send(tag, text, fd);
    } catch (const Error&) {
      for (;;) (void)receive();
    }
  }

  void attend(int pipe, int timeout) {
    if (wait(pipe, timeout) && receive()) fail("the extractor is done before the layer's end");
  }

  // A layer to the extractor, and until that is done with it.
  void hand_over(Tag tag, const Layer& layer, Source& compressed) {
    sys::Pipe pipe = check(sys::pipe(), "make a pipe");
    (void)::fcntl(pipe.write_end.get(), F_SETPIPE_SZ, pipe_bytes); // a user may have too many already
    check(sys::result_void(::fcntl(pipe.write_end.get(), F_SETFL, O_NONBLOCK)), "set up the pipe");
    ApplyRequest request{layer.compression, std::string(layer.diff_id.algorithm())};
    send(tag, encode(request), pipe.read_end.get());
    try {
      feed(compressed, pipe.write_end.get()); // we keep the read end: no SIGPIPE
    } catch (const ExtractorFailed&) {
      // Had the bytes a wrong digest, then that is what went wrong.
      std::vector<std::byte> buffer(buffer_bytes);
      while (compressed.read(buffer) > 0) {
      }
      throw;
    }
    pipe.write_end.reset();
    while (contents && contents->fd() >= 0) (void)wait(-1, -1);
    std::string diff_id = await().text;
    if (diff_id != layer.diff_id.text())
      fail("its diff_id is ", printable(diff_id), ", but the image's config says ", layer.diff_id.text());
  }

  void finish() {
    send(Tag::finish, {});
    (void)await();
  }

  Channel channel() const { return Channel(socket.get()); }

  Fd bundle, socket;
  Ids ids;
  int stop_fd;
  std::optional<ContentReader> contents; // while a layer is read again
  pid_t child = -1;
  bool committed = false;
};

Unpacker::Unpacker(int bundle, const Options& options) : state_(std::make_unique<State>(bundle, options)) {}

Unpacker::~Unpacker() = default;

void Unpacker::apply(const Layer& layer, Source& compressed) {
  with_context(layer.name, [&] { state_->hand_over(Tag::apply, layer, compressed); });
}

void Unpacker::read_again(const Layer& layer, Source& compressed, FileReceiver& receiver) {
  with_context(layer.name, [&] {
    sys::Pipe pipe = check(sys::pipe(), "make a pipe");
    (void)::fcntl(pipe.write_end.get(), F_SETPIPE_SZ, pipe_bytes);
    state_->send(Tag::contents, {}, pipe.write_end.get());
    pipe.write_end.reset();
    state_->contents.emplace(std::move(pipe.read_end), receiver);
    state_->hand_over(Tag::read_again, layer, compressed);
    state_->contents->finish();
    state_->contents.reset();
  });
}

void Unpacker::finish() { state_->finish(); }

void Unpacker::commit() {
  state_->finish();
  state_->socket.reset();
  int status = state_->reap();
  if (status != 0) fail("the extractor ", ending(status));
  state_->committed = true;
}

} // namespace oci::unpack
