// What the layer that is being applied has put into the rootfs: its whiteouts leave that alone, in whatever order they
// come. Paths are real ones (Folder::path). Folders that the layer made are noted as a whole, so that this stays small.
#pragma once

#include <string>
#include <unordered_set>

namespace oci::unpack {

class LayerRecord {
public:
  // A layer upon nothing needs no record: there is nothing for its whiteouts to hide.
  explicit LayerRecord(bool upon_nothing) : upon_nothing_(upon_nothing) {}

  bool upon_nothing() const { return upon_nothing_; }

  // The layer made this folder: all that is in it is the layer's.
  void add_new_folder(const std::string& path);
  // The layer has an entry of this name.
  void add(const std::string& path);

  bool is_new_folder(const std::string& path) const { return upon_nothing_ || new_folders_.contains(path); }
  // It, or something beneath it, is the layer's.
  bool holds(const std::string& path) const { return is_new_folder(path) || entries_.contains(path); }

private:
  bool upon_nothing_;
  std::unordered_set<std::string> new_folders_;
  std::unordered_set<std::string> entries_; // and the folders above them, but for what is in new_folders_
};

} // namespace oci::unpack
