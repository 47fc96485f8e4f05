#include "unpack/chunks.h"

#include <algorithm>
#include <cstring>

namespace oci::unpack {

ChunkPool::ChunkPool(std::size_t count, std::size_t chunk_bytes) : chunk_bytes_(chunk_bytes) {
  for (std::size_t i = 0; i < count; ++i) {
    chunks_.push_back(std::make_unique<Chunk>());
    free_.push_back(chunks_.back().get());
  }
}

std::shared_ptr<Chunk> ChunkPool::take() {
  std::unique_lock lock(mutex_);
  returned_.wait(lock, [&] { return !free_.empty(); });
  Chunk* chunk = free_.front(); // the one used last: it is still in the processor's cache
  free_.pop_front();
  lock.unlock();
  std::shared_ptr<Chunk> taken(chunk, [this](Chunk* used) { give_back(used); });
  if (!chunk->bytes) chunk->bytes.reset(new std::byte[chunk_bytes_]); // not zeroed
  chunk->size = 0;
  return taken;
}

void ChunkPool::give_back(Chunk* chunk) {
  std::lock_guard lock(mutex_);
  free_.push_front(chunk);
  returned_.notify_one();
}

void ChunkQueue::push(ChunkRef chunk) {
  std::lock_guard lock(mutex_);
  if (abandoned_) return;
  chunks_.push_back(std::move(chunk));
  pushed_.notify_one();
}

void ChunkQueue::finish(std::exception_ptr failure) {
  std::lock_guard lock(mutex_);
  finished_ = true;
  failure_ = std::move(failure);
  pushed_.notify_one();
}

void ChunkQueue::abandon() {
  std::deque<ChunkRef> dropped;
  std::lock_guard lock(mutex_);
  abandoned_ = true;
  dropped.swap(chunks_);
}

ChunkRef ChunkQueue::next() {
  std::unique_lock lock(mutex_);
  pushed_.wait(lock, [&] { return finished_ || !chunks_.empty(); });
  if (chunks_.empty()) {
    rethrow_failure();
    return nullptr;
  }
  ChunkRef chunk = std::move(chunks_.front());
  chunks_.pop_front();
  return chunk;
}

void ChunkQueue::rethrow_failure() const {
  if (failure_) std::rethrow_exception(failure_);
}

bool ChunkStream::refill() {
  while (rest_.empty()) {
    current_.reset(); // before we wait: the producer may need it
    current_ = source_.next();
    if (!current_) return false;
    rest_ = {current_->bytes.get(), current_->size};
  }
  return true;
}

Piece ChunkStream::take(std::uint64_t limit) {
  if (limit == 0 || !refill()) return {};
  Bytes bytes = rest_.first(static_cast<std::size_t>(std::min<std::uint64_t>(limit, rest_.size())));
  rest_ = rest_.subspan(bytes.size());
  return {current_, bytes};
}

std::size_t ChunkStream::read(std::span<std::byte> into) {
  std::size_t done = 0;
  while (done < into.size() && refill()) {
    Bytes bytes = rest_.first(std::min(into.size() - done, rest_.size()));
    std::memcpy(into.data() + done, bytes.data(), bytes.size());
    rest_ = rest_.subspan(bytes.size());
    done += bytes.size();
  }
  return done;
}

std::uint64_t ChunkStream::skip(std::uint64_t count) {
  std::uint64_t done = 0;
  while (done < count && refill()) {
    std::size_t step = static_cast<std::size_t>(std::min<std::uint64_t>(count - done, rest_.size()));
    rest_ = rest_.subspan(step);
    done += step;
  }
  return done;
}

} // namespace oci::unpack
