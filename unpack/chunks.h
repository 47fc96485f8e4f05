// The decompressed stream in shared pieces: made by one thread, read by another, and kept alive by the writers that
// still need their bytes. Nothing is copied on the way.
#pragma once

#include "base/io.h"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <string>

namespace oci::unpack {

struct Chunk {
  std::unique_ptr<std::byte[]> bytes;
  std::size_t size = 0;
};
using ChunkRef = std::shared_ptr<const Chunk>;

// Bytes and what keeps them alive.
struct Piece {
  ChunkRef owner;
  Bytes bytes;
};

// Pull side: null at the end; throws Error.
class ChunkSource {
public:
  virtual ~ChunkSource() = default;
  virtual ChunkRef next() = 0;
};

// A fixed number of chunks of one size. A chunk returns here when its last reference goes, so the pool outlives them
// all.
class ChunkPool {
public:
  ChunkPool(std::size_t count, std::size_t chunk_bytes);
  ChunkPool(const ChunkPool&) = delete;
  ChunkPool& operator=(const ChunkPool&) = delete;

  std::size_t chunk_bytes() const { return chunk_bytes_; }
  std::shared_ptr<Chunk> take(); // waits for a free one

private:
  void give_back(Chunk* chunk);

  std::size_t chunk_bytes_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::deque<std::unique_ptr<Chunk>> chunks_;
  std::deque<Chunk*> free_;
};

// From the thread that makes chunks to the one that reads them.
class ChunkQueue final : public ChunkSource {
public:
  void push(ChunkRef chunk);
  // No more comes: the end, or what went wrong.
  void finish(std::exception_ptr failure = nullptr);
  // The reader wants no more: what is and will be pushed is dropped.
  void abandon();
  ChunkRef next() override;
  // For who abandoned it, once it is finished.
  void rethrow_failure() const;

private:
  std::mutex mutex_;
  std::condition_variable pushed_;
  std::deque<ChunkRef> chunks_;
  bool finished_ = false;
  bool abandoned_ = false;
  std::exception_ptr failure_;
};

// Reads along chunks.
class ChunkStream {
public:
  explicit ChunkStream(ChunkSource& source) : source_(source) {}

  // The next bytes that lie together, at most `limit`; empty only at the end.
  Piece take(std::uint64_t limit);
  // Fills `into`; less than its size only at the end.
  std::size_t read(std::span<std::byte> into);
  // Returns how many bytes there were to skip.
  std::uint64_t skip(std::uint64_t count);

private:
  bool refill();

  ChunkSource& source_;
  ChunkRef current_;
  Bytes rest_;
};

} // namespace oci::unpack
