#include "unpack/file_writers.h"

#include "base/sys.h"
#include "base/text.h"
#include "unpack/names.h"

#include <unistd.h>

namespace oci::unpack {

namespace {

// Each task holds a descriptor: together far below the usual limit of 1024.
constexpr std::size_t tasks_in_batch = 64, batches_waiting = 4;

void write_at(int fd, Bytes bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    ssize_t done = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) fail_errno(Errno{done < 0 ? errno : EIO}, "write");
    bytes = bytes.subspan(static_cast<std::size_t>(done));
    offset += static_cast<std::uint64_t>(done);
  }
}

// Names are made printable only for errors.
template <class F>
void for_file(const std::string& name, F&& body) {
  try {
    body();
  } catch (Error& error) {
    throw std::move(error).within(cat('/', printable(clean_name(name))));
  }
}

} // namespace

FileWriters::FileWriters(std::size_t count, AttributeSetter& attributes) : attributes_(attributes) {
  batch_.reserve(tasks_in_batch);
  for (std::size_t i = 0; i < count; ++i) threads_.emplace_back([this] { run(); });
}

FileWriters::~FileWriters() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void FileWriters::write(const std::shared_ptr<NewFile>& file, std::uint64_t offset, Piece piece) {
  ++file->holders_;
  batch_.push_back({file, offset, std::move(piece)});
  if (batch_.size() == tasks_in_batch) flush();
}

void FileWriters::flush() {
  if (batch_.empty()) return;
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return failure_ || queue_.size() < batches_waiting; });
  rethrow_failure();
  queue_.push_back(std::move(batch_));
  lock.unlock();
  changed_.notify_all();
  batch_ = {};
  batch_.reserve(tasks_in_batch);
}

void FileWriters::drain() {
  flush();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return failure_ || (queue_.empty() && at_work_ == 0); });
  rethrow_failure();
}

bool FileWriters::failed() {
  std::lock_guard lock(mutex_);
  return failure_ != nullptr;
}

void FileWriters::rethrow_failure() {
  if (failure_) std::rethrow_exception(failure_);
}

void FileWriters::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return closed_ || !queue_.empty(); });
    if (queue_.empty()) return;
    Batch batch = std::move(queue_.front());
    queue_.pop_front();
    ++at_work_;
    lock.unlock();
    std::exception_ptr failure;
    try {
      for (Task& task : batch) perform(task);
    } catch (...) {
      failure = std::current_exception();
    }
    batch.clear();
    lock.lock();
    --at_work_;
    if (failure && !failure_) failure_ = failure;
    changed_.notify_all();
  }
}

void FileWriters::perform(Task& task) {
  NewFile& file = *task.file;
  for_file(file.name_, [&] {
    write_at(file.fd_.get(), task.piece.bytes, task.offset);
    task.piece = {};
    release(file);
  });
}

void FileWriters::release(NewFile& file) {
  if (--file.holders_ > 0) return;
  if (file.sparse_size_) check(sys::ftruncate(file.fd_.get(), static_cast<off_t>(*file.sparse_size_)), "set size");
  attributes_.apply_to_new(file.fd_.get(), file.attributes_);
  file.fd_.reset();
}

} // namespace oci::unpack
