// The one way from a path to a folder of the rootfs. Every path is resolved beneath the root by openat2 with
// RESOLVE_IN_ROOT; links in it are followed within the root, as the container would follow them.
#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace oci::unpack {

struct Folder {
  Fd fd;            // O_PATH or better
  std::string path; // its real one, without links; "" is the root
};
using FolderRef = std::shared_ptr<const Folder>;

class Folders {
public:
  using Made = std::function<void(const Folder& parent, const std::string& path)>;
  // `made` is told of each folder that open_or_make makes.
  Folders(int root, Made made);

  // nullptr when it does not exist or is no folder.
  FolderRef find(const std::string& path);
  // Missing folders are made, 0755. Throws where something else is in the way.
  FolderRef find_or_make(const std::string& path);

  // `path` must be a real path, just opened or made.
  FolderRef remember(Fd fd, std::string path);
  // To be called whenever a folder or link went away: what was remembered may lead elsewhere now (CVE-2025-47290).
  void forget();

private:
  FolderRef lookup(const std::string& path, bool make);
  FolderRef open(const std::string& path);
  FolderRef make(const std::string& real_path);
  FolderRef make_in(const Folder& parent, const std::string& path);
  std::string follow_links(const std::string& path) const;

  int root_;
  Made made_;
  std::unordered_map<std::string, FolderRef> known_; // by any path that leads there
  std::string last_path_;
  FolderRef last_;
};

} // namespace oci::unpack
