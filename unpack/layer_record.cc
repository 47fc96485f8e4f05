#include "unpack/layer_record.h"

#include "unpack/names.h"

namespace oci::unpack {

void LayerRecord::add_new_folder(const std::string& path) {
  if (upon_nothing_) return;
  add(path);
  new_folders_.insert(path);
}

void LayerRecord::add(const std::string& path) {
  if (upon_nothing_) return;
  std::string at = path;
  while (!at.empty() && !is_new_folder(std::string(split_name(at).folder)) && entries_.insert(at).second)
    at.resize(split_name(at).folder.size());
}

} // namespace oci::unpack
