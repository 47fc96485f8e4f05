// What a member's name means: a path beneath the root, and the whiteouts of image-spec layer.md. Names are bytes.
// Nothing here protects anything: that is the descriptors' part (folders.h).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace oci::unpack {

// "/a/./b//../c/" is "a/c", "../../x" is "x", the root is "". Lexical, as every unpacker does it.
std::string clean_name(std::string_view name);

std::size_t depth_of(std::string_view clean);

struct SplitName {
  std::string_view folder; // "" is the root
  std::string_view leaf;   // "" only for the root itself
};
SplitName split_name(std::string_view clean);

// "a" and "b" make "a/b"; "" and "b" make "b".
std::string join_name(std::string_view folder, std::string_view leaf);

enum class Whiteout { none, one, opaque };
struct Marker {
  Whiteout kind = Whiteout::none;
  std::string_view victim; // for Whiteout::one: what is removed beside it
};
// Throws for ".wh.", ".wh.." and ".wh...", which name nothing that could be removed.
Marker whiteout_of(std::string_view leaf);

// True for "a/.wh.b/c": what a whiteout cannot hold. aufs' own ".wh..wh.plnk/x" counts too.
bool is_beneath_whiteout(std::string_view folder);

} // namespace oci::unpack
