#include "unpack/folders.h"

#include "base/sys.h"
#include "base/text.h"
#include "unpack/names.h"

#include <algorithm>
#include <deque>
#include <fcntl.h>

namespace oci::unpack {

namespace {

constexpr std::size_t most_known = 128; // each holds a descriptor
constexpr std::size_t most_links = 40;  // as the kernel's path walk
constexpr std::size_t longest_path = 4095;

} // namespace

Folders::Folders(int root, Made made) : root_(root), made_(std::move(made)) {}

FolderRef Folders::find(const std::string& path) { return lookup(path, false); }

FolderRef Folders::find_or_make(const std::string& path) { return lookup(path, true); }

FolderRef Folders::remember(Fd fd, std::string path) {
  if (known_.size() >= most_known) forget();
  last_ = std::make_shared<const Folder>(Folder{std::move(fd), path});
  last_path_ = path;
  known_[std::move(path)] = last_;
  return last_;
}

void Folders::forget() {
  known_.clear();
  last_.reset();
}

FolderRef Folders::lookup(const std::string& path, bool make_missing) {
  if (last_ && path == last_path_) return last_;
  FolderRef folder = open(path);
  if (!folder) {
    std::string real = follow_links(path);
    if (real != path) folder = open(real);
    if (!folder && make_missing) folder = make(real);
    if (!folder) return nullptr;
    known_[path] = folder;
  }
  last_path_ = path;
  last_ = folder;
  return folder;
}

// nullptr when it is missing or something else, or when a link is in the way.
FolderRef Folders::open(const std::string& path) {
  if (auto known = known_.find(path); known != known_.end()) return known->second;
  constexpr std::uint64_t resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS;
  Result<Fd> fd = sys::openat2(root_, path.empty() ? "." : path, O_PATH | O_DIRECTORY, resolve);
  if (fd) return remember(std::move(*fd), path);
  if (fd.error() == ENOENT || fd.error() == ELOOP || fd.error() == ENOTDIR) return nullptr;
  fail_errno(fd.error(), cat("open folder /", printable(path)));
}

FolderRef Folders::make(const std::string& real_path) {
  FolderRef folder = open("");
  for (std::size_t end = 0; end < real_path.size(); ++end) {
    end = std::min(real_path.find('/', end), real_path.size());
    std::string path = real_path.substr(0, end);
    FolderRef next = open(path);
    folder = next ? next : make_in(*folder, path);
  }
  return folder;
}

FolderRef Folders::make_in(const Folder& parent, const std::string& path) {
  std::string leaf(split_name(path).leaf);
  Result<void> made = sys::mkdirat(parent.fd.get(), leaf, 0755);
  if (!made && made.error() == EEXIST) made = tl::unexpected(Errno{ENOTDIR}); // open() would have found a folder
  check(std::move(made), "make folder /", printable(path));
  made_(parent, path);
  Fd fd =
      check(sys::openat(parent.fd.get(), leaf, O_PATH | O_DIRECTORY | O_NOFOLLOW), "open folder /", printable(path));
  return remember(std::move(fd), path);
}

// The path with the links in it replaced by what they lead to, within the root. What does not exist is taken as it
// stands. Only a spelling: what it says is opened by open_real, which believes none of it.
std::string Folders::follow_links(const std::string& path) const {
  std::string real;
  std::deque<std::string> rest;
  auto prepend = [&](const std::string& text) {
    std::vector<std::string> parts = split(text, '/');
    rest.insert(rest.begin(), parts.begin(), parts.end());
  };
  prepend(path);
  for (std::size_t links = 0; !rest.empty();) {
    std::string part = std::move(rest.front());
    rest.pop_front();
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      real.resize(split_name(real).folder.size());
      continue;
    }
    std::string next = join_name(real, part);
    if (next.size() > longest_path) fail_errno(Errno{ENAMETOOLONG}, cat("folder /", printable(path)));
    Result<std::string> target = sys::readlinkat(root_, next);
    if (!target) {
      real = std::move(next);
      continue;
    }
    if (++links > most_links) fail_errno(Errno{ELOOP}, cat("folder /", printable(path)));
    if (target->starts_with('/')) real.clear();
    prepend(*target);
  }
  return real;
}

} // namespace oci::unpack
