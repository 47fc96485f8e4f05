#include "unpack/extractor.h"

#include "base/hash.h"
#include "base/text.h"
#include "unpack/contents.h"
#include "unpack/decompress.h"
#include "unpack/protocol.h"
#include "unpack/rootfs.h"
#include "unpack/sandbox.h"

#include <mutex>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace oci::unpack {

namespace {

constexpr std::size_t chunk_count = 16, chunk_bytes = 256u << 10;
constexpr std::size_t writer_threads = 2;

// Asks the parent. One question at a time.
class ParentHelper final : public XattrHelper {
public:
  explicit ParentHelper(const Channel& channel) : channel_(channel) {}

  Result<void> set_xattr(int fd, const Xattr& xattr) override { return ask(Tag::set_xattr, encode(xattr), fd); }
  Result<void> clear_xattrs(int fd) override { return ask(Tag::clear_xattrs, {}, fd); }
  void warn(const std::string& text) {
    std::lock_guard lock(mutex_);
    channel_.send(Tag::warning, text);
  }

private:
  Result<void> ask(Tag tag, const std::string& text, int fd) {
    std::lock_guard lock(mutex_);
    channel_.send(tag, text, fd);
    std::optional<Message> answer = channel_.receive();
    if (!answer) fail("the parent is gone");
    int error = static_cast<int>(parse_unsigned(answer->text).value_or(EIO));
    if (error != 0) return tl::unexpected(Errno{error});
    return {};
  }

  const Channel& channel_;
  std::mutex mutex_;
};

// Gives the writers what was collected before waiting for more: they may hold the chunk that is waited for.
class FlushingSource final : public ChunkSource {
public:
  FlushingSource(ChunkQueue& queue, FileWriters& writers) : queue_(queue), writers_(writers) {}
  ChunkRef next() override {
    writers_.flush();
    return queue_.next();
  }

private:
  ChunkQueue& queue_;
  FileWriters& writers_;
};

std::size_t fill(Source& source, Chunk& chunk, std::size_t capacity) {
  while (chunk.size < capacity) {
    std::size_t count = source.read({chunk.bytes.get() + chunk.size, capacity - chunk.size});
    if (count == 0) break;
    chunk.size += count;
  }
  return chunk.size;
}

class Extractor {
public:
  Extractor(int rootfs, const Channel& channel, const Options& options, UserMaps reachable)
      : channel_(channel), options_(options), helper_(channel),
        attributes_(helper_, options.ids, std::move(reachable),
                    [this](const std::string& text) { helper_.warn(text); }),
        writers_(writer_threads, attributes_), rootfs_(rootfs, options, attributes_, writers_) {}

  void serve() {
    while (std::optional<Message> message = channel_.receive()) {
      switch (message->tag) {
      case Tag::finish:
        rootfs_.finish();
        channel_.send(Tag::done, {});
        break;
      case Tag::contents:
        contents_ = std::move(message->fd);
        break;
      case Tag::read_again:
        read(*message, [&](TarReader& tar) { send_contents(tar); });
        break;
      default:
        read(*message, [&](TarReader& tar) { rootfs_.apply(tar); });
      }
    }
  }

private:
  // Answers with the digest of the whole decompressed stream, what follows the archive's end included.
  template <class Use>
  void read(const Message& message, Use&& use) {
    channel_.send(Tag::done, read(decode_apply(message.text), message.fd.get(), use).text());
  }

  template <class Use>
  Digest read(const ApplyRequest& request, int pipe, Use&& use) {
    ChunkQueue queue;
    Hasher hasher(request.digest_algorithm);
    std::thread decompression([&] { decompress(request.compression, pipe, hasher, queue); });
    try {
      FlushingSource chunks(queue, writers_);
      TarReader tar(chunks, options_.limits);
      use(tar);
      queue.abandon();
      decompression.join();
      queue.rethrow_failure();
    } catch (const Error& error) {
      give_up(channel_, error); // nothing is unwound that threads still use
    }
    return hasher.finish();
  }

  void send_contents(TarReader& tar) {
    const Fd pipe = std::move(contents_); // its end is the content's
    ContentWriter contents(pipe.get());
    for (Member member; tar.next(member);)
      if (++entries_read_again_; member.kind == Kind::file) contents.write(entries_read_again_, member.size, tar);
    contents.finish();
  }

  void decompress(spec::media::Compression compression, int pipe, Hasher& hasher, ChunkQueue& queue) {
    try {
      FdSource compressed(pipe, "layer");
      std::unique_ptr<Source> plain = make_decompressor(compression, compressed);
      for (;;) {
        std::shared_ptr<Chunk> chunk = pool_.take();
        if (fill(*plain, *chunk, pool_.chunk_bytes()) == 0) break;
        hasher.update({chunk->bytes.get(), chunk->size});
        queue.push(std::move(chunk));
      }
      queue.finish();
    } catch (const Error&) {
      queue.finish(std::current_exception());
    }
  }

public:
  [[noreturn]] static void give_up(const Channel& channel, const Error& error) {
    channel.send(Tag::failed, cat(error.error_number(), ' ', error.message()));
    ::_exit(1);
  }

private:
  const Channel& channel_;
  const Options& options_;
  ParentHelper helper_;
  AttributeSetter attributes_;
  ChunkPool pool_{chunk_count, chunk_bytes};
  FileWriters writers_;
  Rootfs rootfs_;
  Fd contents_;
  std::uint64_t entries_read_again_ = 0;
};

} // namespace

void run_extractor(int rootfs, int socket, const Options& options) noexcept {
  Channel channel(socket);
  try {
    ::umask(0);
    (void)digest_of({}); // OpenSSL reads its configuration while it still can
    (void)digest_of({}, "sha512");
    UserMaps reachable = own_maps(); // as of the rest of the file system, this is the last that can be read
    enter_sandbox(rootfs, socket);
    Extractor(rootfs, channel, options, std::move(reachable)).serve();
  } catch (const Error& error) {
    Extractor::give_up(channel, error);
  }
  ::_exit(0);
}

} // namespace oci::unpack
