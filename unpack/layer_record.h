// What the layer that is being applied has put into the rootfs: its whiteouts leave that alone, in whatever order they
// come. Paths are real ones (Folder::path). Folders that the layer made are noted as a whole, and paths by their
// hashes, so that this stays small: two paths of one hash cost a layer one of its own whiteouts.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <unordered_set>

namespace oci::unpack {

class LayerRecord {
public:
  // A layer upon nothing needs no record: there is nothing for its whiteouts to hide.
  explicit LayerRecord(bool upon_nothing) : upon_nothing_(upon_nothing) {}

  bool upon_nothing() const { return upon_nothing_; }

  // The layer made this folder: all that is in it is the layer's.
  void add_new_folder(std::string_view path);
  // The layer has an entry of this name.
  void add(std::string_view path);

  bool is_new_folder(std::string_view path) const { return upon_nothing_ || new_folders_.contains(hash(path)); }
  // It, or something beneath it, is the layer's.
  bool holds(std::string_view path) const { return is_new_folder(path) || entries_.contains(hash(path)); }

  // What it takes, roughly.
  std::size_t bytes() const { return (new_folders_.size() + entries_.size()) * 48; }

private:
  static std::size_t hash(std::string_view path) { return std::hash<std::string_view>()(path); }

  bool upon_nothing_;
  std::unordered_set<std::size_t> new_folders_;
  std::unordered_set<std::size_t> entries_; // and the folders above them, but for what is in new_folders_
};

} // namespace oci::unpack
