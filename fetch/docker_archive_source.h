// docker-archive:FILE[:REFERENCE] as a source: what `docker save` writes. It becomes a schema 2 manifest over the bytes
// as they stand in the archive: the config unchanged, a plain tar as a plain layer, a gzip or zstd one as such.
#pragma once

#include "fetch/image_source.h"
#include "fetch/tar_file.h"
#include "spec/reference.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace oci::fetch {

// One image of the archive's manifest.json; the texts are names of members.
struct SavedImage {
  std::string config;
  std::vector<std::string> repo_tags;
  std::vector<std::string> layers;
};
std::vector<SavedImage> parse_saved_images(std::string_view manifest_json, std::string_view name);
// By ":@N", by a RepoTag, or the only one. Throws as choose_entry (layout_entry.h).
const SavedImage& choose_saved_image(const std::vector<SavedImage>& images, const spec::ImageName& name);

std::unique_ptr<ImageSource> open_docker_archive(const spec::ImageName& name, int scratch);
// The image of an archive at hand.
std::unique_ptr<ImageSource> open_docker_archive(TarFile archive, const spec::ImageName& name);

} // namespace oci::fetch
