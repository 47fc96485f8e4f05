// Fills files on other threads. The files are made and named by the one reader, in order; only their descriptors come
// here, so nothing that happens to names meanwhile matters, and no order has to be kept.
#pragma once

#include "unpack/attributes.h"
#include "unpack/chunks.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace oci::unpack {

class NewFile {
public:
  NewFile(Fd fd, std::string name, Attributes attributes)
      : fd_(std::move(fd)), name_(std::move(name)), attributes_(std::move(attributes)) {}
  // The size of a file that may end in a hole.
  void set_sparse_size(std::uint64_t size) { sparse_size_ = size; }

private:
  friend class FileWriters;
  Fd fd_;
  std::string name_; // for errors
  Attributes attributes_;
  std::optional<std::uint64_t> sparse_size_;
  std::atomic<unsigned> holders_ = 1; // who is last sets the attributes
};

// One caller; `count` threads behind it.
class FileWriters {
public:
  FileWriters(std::size_t count, AttributeSetter& attributes);
  FileWriters(const FileWriters&) = delete;
  FileWriters& operator=(const FileWriters&) = delete;
  ~FileWriters(); // what is queued is written

  void write(const std::shared_ptr<NewFile>& file, std::uint64_t offset, Piece piece);
  // The file has all its content. It is closed, with its attributes, once that is written.
  void finish(const std::shared_ptr<NewFile>& file) { release(*file); }

  // Hands over what was collected; to be called before waiting for anything. Throws what went wrong in a thread.
  void flush();
  // Waits until everything is written.
  void drain();
  bool failed();

private:
  struct Task {
    std::shared_ptr<NewFile> file;
    std::uint64_t offset;
    Piece piece;
  };
  using Batch = std::vector<Task>;

  void run();
  void perform(Task& task);
  void release(NewFile& file);
  void rethrow_failure();

  AttributeSetter& attributes_;
  Batch batch_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Batch> queue_;
  std::size_t at_work_ = 0;
  bool closed_ = false;
  std::exception_ptr failure_;
  std::vector<std::thread> threads_;
};

} // namespace oci::unpack
