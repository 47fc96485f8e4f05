#include "unpack/tree.h"

#include <algorithm>

namespace oci::unpack {

namespace {

bool equal(const std::vector<Xattr>& a, const std::vector<Xattr>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Xattr& x, const Xattr& y) { return x.name == y.name && x.value == y.value; });
}

bool is_device(Kind kind) { return kind == Kind::char_device || kind == Kind::block_device; }

std::vector<std::string> changed_keys(const Node& a, const Node& b) {
  if (a.kind != b.kind) return {"type"};
  std::vector<std::string> keys;
  auto add_unless = [&](bool same, const char* key) {
    if (!same) keys.emplace_back(key);
  };
  const bool file = a.kind == Kind::file, link = a.kind == Kind::symlink;
  add_unless(!file || a.size == b.size, "size");
  add_unless(link || a.mode == b.mode, "mode");
  add_unless(a.uid == b.uid, "uid");
  add_unless(a.gid == b.gid, "gid");
  add_unless(a.target == b.target, "link");
  add_unless(a.kind == Kind::folder || a.links == b.links, "nlink");
  add_unless(a.mtime == b.mtime, "time");
  add_unless(a.sha256.empty() || b.sha256.empty() || a.sha256 == b.sha256, "content");
  const bool numbers_known = (a.major | a.minor) != 0 && (b.major | b.minor) != 0;
  add_unless(!is_device(a.kind) || !numbers_known || (a.major == b.major && a.minor == b.minor), "device");
  add_unless(equal(a.xattrs, b.xattrs), "xattr");
  return keys;
}

} // namespace

void Comparison::see(const std::string& path, const Node& now) {
  const auto old = before_.find(path);
  if (old == before_.end()) {
    deltas_.push_back({path, Delta::Kind::added, {}});
    return;
  }
  if (auto keys = changed_keys(old->second, now); !keys.empty())
    deltas_.push_back({path, Delta::Kind::changed, std::move(keys)});
  before_.erase(old);
}

std::vector<Delta> Comparison::finish() {
  for (const auto& [path, node] : before_) deltas_.push_back({path, Delta::Kind::removed, {}});
  before_.clear();
  std::sort(deltas_.begin(), deltas_.end(), [](const Delta& a, const Delta& b) { return a.path < b.path; });
  return std::move(deltas_);
}

bool is_at_or_beneath(const std::string& path, const std::string& folder) {
  if (folder.empty()) return true;
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

} // namespace oci::unpack
