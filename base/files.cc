#include "base/files.h"

#include "base/io.h"
#include "base/sys.h"

#include <array>
#include <cstdlib>
#include <sys/random.h>
#include <unistd.h>
#include <utility>

namespace oci {

namespace {

constexpr int name_attempts = 100;

// O_NONBLOCK: opening a FIFO or a device must not wait. It means nothing for regular files.
Result<Fd> open_for_reading(int dir, const std::string& path, int flags) {
  return sys::openat(dir, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | flags);
}

std::string read_regular(Fd file, std::size_t limit, const std::string& path) {
  struct stat status = check(sys::fstat(file.get()), "stat ", path);
  if (S_ISDIR(status.st_mode)) fail_errno(Errno{EISDIR}, cat("read ", path));
  if (!S_ISREG(status.st_mode)) fail("read ", path, ": not a regular file");
  return read_all(file.get(), limit, path);
}

// Calls `make(name)` with new random names until it is not told EEXIST.
template <class Make>
Result<std::string> make_named(const std::string& prefix, Make&& make) {
  for (int attempt = 1;; ++attempt) {
    std::string name = prefix + random_name(8);
    auto made = make(name);
    if (made) return name;
    if (made.error() != EEXIST || attempt == name_attempts) return tl::unexpected(made.error());
  }
}

void write_and_rename(int dir, const std::string& temporary, const Fd& file, const std::string& name,
                      std::string_view content, mode_t mode, Durability durability) {
  check(write_all(file.get(), content), "write ", name);
  check(sys::fchmod(file.get(), mode), "chmod ", name); // whatever the umask
  if (durability == Durability::synced) check(sys::fsync(file.get()), "sync ", name);
  check(sys::renameat(dir, temporary, dir, name), "rename to ", name);
}

void sync_folder(int dir, const std::string& name) {
  Fd folder = check(sys::openat(dir, parent_path(name), O_RDONLY | O_DIRECTORY), "open the folder of ", name);
  check(sys::fsync(folder.get()), "sync the folder of ", name);
}

} // namespace

std::string read_file(const std::string& path, std::size_t limit) { return read_file_at(AT_FDCWD, path, limit); }

std::string read_file_at(int dir, const std::string& path, std::size_t limit, int flags) {
  return read_regular(check(open_for_reading(dir, path, flags), "open ", path), limit, path);
}

std::optional<std::string> read_file_if_exists(const std::string& path, std::size_t limit) {
  Result<Fd> file = open_for_reading(AT_FDCWD, path, 0);
  if (!file && file.error() == ENOENT) return std::nullopt;
  return read_regular(check(std::move(file), "open ", path), limit, path);
}

void write_file_atomic(int dir, const std::string& name, std::string_view content, mode_t mode, Durability durability) {
  Fd file;
  auto make = [&](const std::string& temporary) -> Result<void> {
    Result<Fd> made = sys::openat(dir, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
    if (!made) return tl::unexpected(made.error());
    file = std::move(*made);
    return {};
  };
  std::string folder = name.find('/') == std::string::npos ? "" : cat(parent_path(name), '/');
  std::string temporary = check(make_named(cat(folder, ".tmp-"), make), "create ", name);
  try {
    write_and_rename(dir, temporary, file, name, content, mode, durability);
  } catch (...) {
    (void)sys::unlinkat(dir, temporary);
    throw;
  }
  if (durability == Durability::synced) sync_folder(dir, name);
}

bool is_special_file(const std::string& path) {
  const Result<struct stat> there = sys::stat(path);
  return there && !S_ISREG(there->st_mode) && !S_ISDIR(there->st_mode);
}

void write_output_file(const std::string& path, std::string_view content, mode_t mode) {
  if (is_special_file(path)) {
    const Fd file = check(sys::open(path, O_WRONLY | O_NOCTTY), "open ", path);
    return check(write_all(file.get(), content), "write ", path);
  }
  write_file_atomic(AT_FDCWD, path, content, mode);
}

Fd make_dirs(const std::string& path, mode_t mode) {
  if (auto there = sys::open(path.empty() ? "." : path, O_PATH | O_DIRECTORY)) return std::move(*there);
  Fd folder = check(sys::open(path.starts_with('/') ? "/" : ".", O_PATH | O_DIRECTORY), "open ", path);
  for (const std::string& name : split(path, '/')) {
    if (name.empty() || name == ".") continue;
    Result<Fd> next = sys::openat(folder.get(), name, O_PATH | O_DIRECTORY);
    if (!next && next.error() == ENOENT) {
      Result<void> made = sys::mkdirat(folder.get(), name, mode);
      if (!made && made.error() != EEXIST) fail_errno(made.error(), cat("make folder ", path));
      next = sys::openat(folder.get(), name, O_PATH | O_DIRECTORY);
    }
    folder = check(std::move(next), "make folder ", path);
  }
  return folder;
}

FileLock FileLock::take(int dir, const std::string& name, Mode mode) {
  Fd file = check(sys::openat(dir, name, O_RDWR | O_CREAT | O_NOFOLLOW, 0600), "open lock ", name);
  check(sys::flock(file.get(), mode == Mode::shared ? LOCK_SH : LOCK_EX), "lock ", name);
  return FileLock(std::move(file));
}

std::optional<FileLock> FileLock::try_take(int dir, const std::string& name, Mode mode) {
  Fd file = check(sys::openat(dir, name, O_RDWR | O_CREAT | O_NOFOLLOW, 0600), "open lock ", name);
  Result<void> locked = sys::flock(file.get(), (mode == Mode::shared ? LOCK_SH : LOCK_EX) | LOCK_NB);
  if (!locked && locked.error() == EWOULDBLOCK) return std::nullopt;
  check(std::move(locked), "lock ", name);
  return FileLock(std::move(file));
}

TempDir::TempDir(int parent, std::string prefix) {
  parent_ = check(sys::openat(parent, ".", O_PATH | O_DIRECTORY), "open the folder of ", prefix);
  auto make = [&](const std::string& name) { return sys::mkdirat(parent_.get(), name, 0700); };
  name_ = check(make_named(prefix, make), "make folder ", prefix);
  Result<Fd> opened = sys::openat(parent_.get(), name_, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!opened) {
    (void)sys::unlinkat(parent_.get(), name_, AT_REMOVEDIR); // there is no destructor yet
    fail_errno(opened.error(), cat("open ", name_));
  }
  fd_ = std::move(*opened);
}

TempDir::TempDir(TempDir&& other) noexcept
    : parent_(std::move(other.parent_)), fd_(std::move(other.fd_)), name_(std::exchange(other.name_, {})) {}

TempDir::~TempDir() {
  if (!name_.empty()) (void)remove_tree(parent_.get(), name_);
}

std::string random_name(std::size_t length) {
  constexpr std::string_view letters = "0123456789abcdefghijklmnopqrstuvwxyz";
  constexpr unsigned fair = 256 - 256 % letters.size(); // what is above would favour the first letters
  std::string name;
  std::array<unsigned char, 64> bytes;
  while (name.size() < length) {
    ssize_t count = ::getrandom(bytes.data(), bytes.size(), 0);
    if (count < 0 && errno != EINTR) fail_errno(Errno{errno}, "get random bytes");
    for (ssize_t i = 0; i < count && name.size() < length; ++i) {
      if (bytes[static_cast<std::size_t>(i)] < fair)
        name += letters[bytes[static_cast<std::size_t>(i)] % letters.size()];
    }
  }
  return name;
}

} // namespace oci
