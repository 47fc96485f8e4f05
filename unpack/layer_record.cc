#include "unpack/layer_record.h"

#include "unpack/names.h"

namespace oci::unpack {

void LayerRecord::add_new_folder(std::string_view path) {
  if (upon_nothing_) return;
  add(path);
  new_folders_.insert(hash(path));
}

void LayerRecord::add(std::string_view path) {
  if (upon_nothing_) return;
  while (!path.empty() && !is_new_folder(split_name(path).folder) && entries_.insert(hash(path)).second)
    path = split_name(path).folder;
}

} // namespace oci::unpack
