#include "unpack/tree.h"

#include "base/hash.h"
#include "base/stop_signals.h"
#include "base/sys.h"
#include "unpack/names.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <dirent.h>
#include <functional>
#include <memory>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

namespace oci::unpack {

namespace {

constexpr std::size_t buffer_bytes = 256u << 10;
constexpr std::array<std::string_view, 4> left_out = {"security.selinux", "security.ima", "security.evm",
                                                      "system.nfs4_acl"};
constexpr std::array<std::string_view, 2> overlay_prefixes = {"trusted.overlay.", "user.overlay."};

// What layers do not hold: false. An escaped name is given back.
bool keep_name(std::string& name) {
  if (std::find(left_out.begin(), left_out.end(), name) != left_out.end()) return false;
  for (std::string_view prefix : overlay_prefixes) {
    if (!name.starts_with(prefix)) continue;
    constexpr std::string_view escape = "overlay.";
    if (!std::string_view(name).substr(prefix.size()).starts_with(escape)) return false;
    name.erase(prefix.size(), escape.size());
  }
  return true;
}

std::string value_of(const std::string& path, const char* name) {
  for (;;) {
    const ssize_t size = ::getxattr(path.c_str(), name, nullptr, 0);
    if (size < 0 && errno == ENODATA) return {}; // gone since
    if (size < 0) fail_errno(Errno{errno}, cat("read extended attribute ", name));
    std::string value(static_cast<std::size_t>(size), '\0');
    const ssize_t got = ::getxattr(path.c_str(), name, value.data(), value.size());
    if (got < 0 && errno == ERANGE) continue;
    if (got < 0) fail_errno(Errno{errno}, cat("read extended attribute ", name));
    value.resize(static_cast<std::size_t>(got));
    return value;
  }
}

std::string hash_of(int fd, std::string_view path) {
  Hasher hasher;
  static thread_local std::vector<std::byte> buffer(buffer_bytes);
  while (const std::size_t count = check(sys::read(fd, buffer.data(), buffer.size()), "read ", printable(path)))
    hasher.update(Bytes(buffer).first(count));
  return std::string(hasher.finish().hex());
}

class Scanner {
public:
  using Found = std::function<void(const std::string& path, Node&& node)>;
  Scanner(int root, const ScanOptions& options, Found found)
      : root_(root), options_(options), found_(std::move(found)) {}

  void run() {
    std::vector<std::string> left = {""};
    while (!left.empty()) {
      const std::string path = std::move(left.back());
      left.pop_back();
      check_stop(options_.stop_fd);
      scan_folder(path, left);
    }
  }

  // Each with all names that it has in the tree.
  using Names = std::vector<std::vector<std::string>>;
  Names files_of_many_names() const {
    Names files;
    for (const auto& [id, file] : files_) files.push_back(file.names);
    return files;
  }

private:
  struct File {
    std::string hash;
    std::vector<std::string> names;
  };

  void scan_folder(const std::string& path, std::vector<std::string>& left) {
    constexpr std::uint64_t resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    Fd fd = check(sys::openat2(root_, path.empty() ? "." : path, O_RDONLY | O_DIRECTORY, resolve), "open /",
                  printable(path));
    add(path, fd.get(), check(sys::fstat(fd.get()), "stat"));
    const int folder = fd.get();
    const std::unique_ptr<DIR, int (*)(DIR*)> listing(::fdopendir(fd.get()), ::closedir);
    if (!listing) fail_errno(Errno{errno}, cat("list /", printable(path)));
    (void)fd.release();
    while (const dirent* entry = ::readdir(listing.get())) {
      const std::string name = entry->d_name;
      if (name == "." || name == "..") continue;
      with_context(cat("/", printable(join_name(path, name))), [&] { scan_name(folder, path, name, left); });
    }
  }

  void scan_name(int folder, const std::string& parent, const std::string& name, std::vector<std::string>& left) {
    std::string path = join_name(parent, name);
    const struct stat seen = check(sys::fstatat(folder, name), "stat");
    if (S_ISDIR(seen.st_mode)) {
      left.push_back(std::move(path));
    } else if (!S_ISSOCK(seen.st_mode)) {
      // A FIFO in the place of a file is not waited for, a device not opened.
      const int flags = S_ISREG(seen.st_mode) && options_.hash ? O_RDONLY | O_NONBLOCK | O_NOCTTY : O_PATH;
      const Fd fd = check(sys::openat(folder, name, flags | O_NOFOLLOW), "open");
      const struct stat status = check(sys::fstat(fd.get()), "stat");
      if ((status.st_mode & S_IFMT) != (seen.st_mode & S_IFMT)) fail("it changes while it is read");
      add(path, fd.get(), status);
    }
  }

  void add(const std::string& path, int fd, const struct stat& status) {
    Node node;
    node.kind = kind_of(status.st_mode);
    node.mode = status.st_mode & 07777;
    node.uid = status.st_uid;
    node.gid = status.st_gid;
    node.mtime = status.st_mtime;
    if (node.kind == Kind::folder || node.kind == Kind::file || node.kind == Kind::symlink)
      node.size = static_cast<std::uint64_t>(status.st_size);
    node.links = status.st_nlink;
    if (node.kind == Kind::symlink) node.target = check(sys::readlinkat(fd, ""), "read the link");
    if (node.kind == Kind::char_device || node.kind == Kind::block_device) {
      node.major = ::major(status.st_rdev);
      node.minor = ::minor(status.st_rdev);
    }
    node.xattrs = layer_xattrs(read_xattrs(fd));
    if (node.kind != Kind::folder && status.st_nlink > 1) files_[{status.st_dev, status.st_ino}].names.push_back(path);
    if (node.kind == Kind::file && options_.hash) node.sha256 = hash(fd, path, status);
    found_(path, std::move(node));
  }

  // Once for all names of a file.
  std::string hash(int fd, const std::string& path, const struct stat& status) {
    if (status.st_nlink == 1) return hash_of(fd, path);
    std::string& known = files_[{status.st_dev, status.st_ino}].hash;
    if (known.empty()) known = hash_of(fd, path);
    return known;
  }

  int root_;
  ScanOptions options_;
  Found found_;
  std::map<std::pair<dev_t, ino_t>, File> files_; // those of several names
};

// A file of several names of which one is new has to be written with all of them: the others may have been another
// file's, as many.
std::vector<Delta> with_all_names(std::vector<Delta> deltas, const Scanner::Names& files) {
  const auto by_path = [](const Delta& a, const Delta& b) { return a.path < b.path; };
  std::vector<Delta> more;
  for (const std::vector<std::string>& names : files) {
    const auto is_there = [&](const std::string& name) {
      return std::binary_search(deltas.begin(), deltas.end(), Delta{name, Delta::Kind::changed, {}}, by_path);
    };
    if (std::none_of(names.begin(), names.end(), is_there)) continue;
    for (const std::string& name : names)
      if (!is_there(name)) more.push_back({name, Delta::Kind::changed, {"nlink"}});
  }
  deltas.insert(deltas.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  std::sort(deltas.begin(), deltas.end(), by_path);
  return deltas;
}

} // namespace

std::vector<Xattr> layer_xattrs(std::vector<Xattr> xattrs) {
  std::erase_if(xattrs, [](Xattr& xattr) { return !keep_name(xattr.name); });
  std::sort(xattrs.begin(), xattrs.end(), [](const Xattr& a, const Xattr& b) { return a.name < b.name; });
  return xattrs;
}

std::vector<Xattr> read_xattrs(int fd) {
  const std::string path = cat("/proc/self/fd/", fd);
  static thread_local std::array<char, 65536> list;
  const ssize_t size = ::listxattr(path.c_str(), list.data(), list.size());
  if (size < 0 && errno != ENOTSUP) fail_errno(Errno{errno}, "list extended attributes");
  std::vector<Xattr> xattrs;
  for (ssize_t at = 0; at < size; at += static_cast<ssize_t>(xattrs.back().name.size()) + 1)
    xattrs.push_back({list.data() + at, value_of(path, list.data() + at)});
  return xattrs;
}

Kind kind_of(mode_t mode) {
  switch (mode & S_IFMT) {
  case S_IFREG:
    return Kind::file;
  case S_IFDIR:
    return Kind::folder;
  case S_IFLNK:
    return Kind::symlink;
  case S_IFIFO:
    return Kind::fifo;
  case S_IFCHR:
    return Kind::char_device;
  case S_IFBLK:
    return Kind::block_device;
  default:
    fail("a socket cannot be in a layer");
  }
}

Tree scan_tree(int root, const ScanOptions& options) {
  Tree tree;
  Scanner(root, options, [&](const std::string& path, Node&& node) { tree.emplace(path, std::move(node)); }).run();
  return tree;
}

std::vector<Delta> changes_since(Tree before, int root, const ScanOptions& options) {
  Comparison comparison(std::move(before));
  Scanner scanner(root, options, [&](const std::string& path, Node&& node) { comparison.see(path, node); });
  scanner.run();
  return with_all_names(comparison.finish(), scanner.files_of_many_names());
}

} // namespace oci::unpack
