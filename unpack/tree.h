// A file tree as data: what a bundle's rootfs is, what it was when it was unpacked, what an image's layers make.
#pragma once

#include "base/io.h"
#include "unpack/member.h"

#include <cstdint>
#include <map>
#include <string>
#include <sys/stat.h>
#include <vector>

namespace oci::unpack {

struct Node {
  Kind kind = Kind::file; // never hard_link: two names of one file are two nodes
  mode_t mode = 0;        // 07777 at most
  std::uint32_t uid = 0, gid = 0;
  std::uint64_t size = 0;
  std::uint64_t links = 1;            // of what is no folder
  std::int64_t mtime = 0;             // whole seconds, all that layers can hold
  std::string target;                 // of a symlink
  std::uint32_t major = 0, minor = 0; // of a device; 0 where they are not known (mtree)
  std::string sha256;                 // of a file's content, in hex; "" where it was not computed
  std::vector<Xattr> xattrs;          // by name, and only those that layers hold
};

// By path: "" is the root, "a/b" what is in it. A folder comes before what is in it.
using Tree = std::map<std::string, Node>;

struct Delta {
  enum class Kind { added, changed, removed };
  std::string path;
  Kind kind = Kind::changed;
  std::vector<std::string> keys; // what of it changed: "size", "mode", "content" ...
};

// What turns a tree into another, of which each node is seen once and not kept: memory is that of one tree. What is
// unknown on one side (a hash, a device's numbers) is equal.
class Comparison {
public:
  explicit Comparison(Tree before) : before_(std::move(before)) {}
  void see(const std::string& path, const Node& now);
  std::vector<Delta> finish(); // by path

private:
  Tree before_; // less what was seen
  std::vector<Delta> deltas_;
};

// True for `path` itself and all beneath it.
bool is_at_or_beneath(const std::string& path, const std::string& folder);

// Names as image layers have them: integrity labels of this system are left out, and an overlay's own ones; those that
// unpacking escaped get their name back. Sorted.
std::vector<Xattr> layer_xattrs(std::vector<Xattr> xattrs);
// Of anything open, O_PATH or not.
std::vector<Xattr> read_xattrs(int fd);

Kind kind_of(mode_t mode); // throws for a socket

struct ScanOptions {
  bool hash = true;
  int stop_fd = -1;
};
// The tree beneath `root`. Nothing is followed, no FIFO or device is opened. Sockets are left out, as from all layers.
Tree scan_tree(int root, const ScanOptions& options = {});
// The same tree against another.
std::vector<Delta> changes_since(Tree before, int root, const ScanOptions& options = {});

// A manifest as BSD's mtree, umoci and go-mtree have it: keywords size, type, uid, gid, mode, link, nlink, tar_time,
// sha256digest, xattr.
void write_mtree(const Tree& tree, const std::string& title, Sink& out);
Tree parse_mtree(Source& text, std::string_view name);

} // namespace oci::unpack
