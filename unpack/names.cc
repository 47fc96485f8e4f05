#include "unpack/names.h"

#include "base/error.h"

#include <algorithm>

namespace oci::unpack {

namespace {

constexpr std::string_view prefix = ".wh.";
constexpr std::string_view opaque_marker = ".wh..wh..opq";

} // namespace

std::string clean_name(std::string_view name) {
  std::string clean;
  clean.reserve(name.size());
  while (!name.empty()) {
    std::size_t slash = std::min(name.find('/'), name.size());
    std::string_view part = name.substr(0, slash);
    name.remove_prefix(std::min(slash + 1, name.size()));
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      std::size_t last = clean.rfind('/');
      clean.erase(last == std::string::npos ? 0 : last);
      continue;
    }
    if (!clean.empty()) clean += '/';
    clean += part;
  }
  return clean;
}

std::size_t depth_of(std::string_view clean) {
  return clean.empty() ? 0 : 1 + static_cast<std::size_t>(std::count(clean.begin(), clean.end(), '/'));
}

SplitName split_name(std::string_view clean) {
  std::size_t slash = clean.rfind('/');
  if (slash == std::string_view::npos) return {{}, clean};
  return {clean.substr(0, slash), clean.substr(slash + 1)};
}

std::string join_name(std::string_view folder, std::string_view leaf) {
  std::string joined;
  joined.reserve(folder.size() + 1 + leaf.size());
  joined += folder;
  if (!folder.empty()) joined += '/';
  joined += leaf;
  return joined;
}

Marker whiteout_of(std::string_view leaf) {
  if (!leaf.starts_with(prefix)) return {};
  if (leaf == opaque_marker) return {Whiteout::opaque, {}};
  std::string_view victim = leaf.substr(prefix.size());
  if (victim.empty() || victim == "." || victim == "..") fail("invalid whiteout ", leaf);
  return {Whiteout::one, victim};
}

bool is_beneath_whiteout(std::string_view folder) {
  return folder.starts_with(prefix) || folder.find("/.wh.") != std::string_view::npos;
}

} // namespace oci::unpack
