#include "fetch/open_image.h"

#include "base/sys.h"
#include "fetch/archive_source.h"
#include "fetch/daemon_images.h"
#include "fetch/dir_source.h"
#include "fetch/docker_archive_source.h"
#include "fetch/layout_entry.h"
#include "fetch/layout_source.h"
#include "fetch/registry_source.h"
#include "fetch/tar_file.h"
#include "spec/layout.h"

namespace oci::fetch {
namespace {

std::unique_ptr<ImageSource> open_docker(const spec::ImageName& name, const CopyOptions& options, Progress& progress) {
  PullOptions pull;
  pull.registry = options.source;
  pull.parallel = options.parallel;
  return open_registry(*name.reference, pull, progress);
}

std::string called(const spec::Descriptor& entry) {
  auto found = entry.annotations.find(std::string(spec::ref_name_annotation));
  return found == entry.annotations.end() ? "" : found->second;
}

std::vector<FoundImage> entries_of(const spec::ImageName& place, const spec::Index& index) {
  std::vector<FoundImage> found;
  for (std::size_t i = 0; i < index.manifests.size(); ++i) {
    spec::ImageName name = place;
    name.index = i;
    found.push_back({std::move(name), called(index.manifests[i])});
  }
  return found;
}

std::vector<FoundImage> images_of_docker_archive(const spec::ImageName& place, const TarFile& tar) {
  std::vector<FoundImage> found;
  std::string shown = cat("manifest.json of ", tar.path());
  std::size_t at = 0;
  for (const SavedImage& image : parse_saved_images(tar.read("manifest.json", 1u << 20), shown)) {
    spec::ImageName name = place;
    name.index = at++;
    if (image.repo_tags.empty()) found.push_back({name, ""});
    for (const std::string& tag : image.repo_tags) found.push_back({name, tag});
  }
  return found;
}

} // namespace

Fd open_scratch(const CopyOptions& options) {
  const std::string folder = options.temp_folder.empty() ? big_temp_folder() : options.temp_folder;
  return check(sys::open(folder, O_RDONLY | O_DIRECTORY), "open the folder for temporary files ", folder);
}

std::unique_ptr<ImageSource> open_image(const spec::ImageName& name, const CopyOptions& options, int scratch,
                                        Progress& progress) {
  switch (name.transport) {
  case spec::Transport::docker:
    return open_docker(name, options, progress);
  case spec::Transport::oci:
    return open_layout(name, options.source.shared_blobs);
  case spec::Transport::oci_archive:
    return open_oci_archive(name, scratch);
  case spec::Transport::docker_archive:
    return open_docker_archive(name, scratch);
  case spec::Transport::dir:
    return open_dir(name);
  case spec::Transport::docker_daemon:
    return open_daemon_image(name, options.source, scratch, progress);
  }
  fail("images cannot be read from ", name.text());
}

std::vector<FoundImage> images_in(const spec::ImageName& place, const CopyOptions& options) {
  const Fd scratch = open_scratch(options);
  switch (place.transport) {
  case spec::Transport::oci:
    return entries_of(place, spec::Layout::open(place.path).index());
  case spec::Transport::oci_archive: {
    TarFile tar(place.path, scratch.get());
    std::string text = tar.read("index.json", spec::max_document_bytes);
    return entries_of(place, spec::parse_index(text, cat("index.json of ", tar.path())));
  }
  case spec::Transport::docker_archive:
    return images_of_docker_archive(place, TarFile(place.path, scratch.get()));
  default:
    return {{place, ""}};
  }
}

spec::Transport kind_of_archive(const std::string& path, const CopyOptions& options) {
  const Fd scratch = open_scratch(options);
  const bool has_layout = TarFile(path, scratch.get()).find("oci-layout") != nullptr;
  return has_layout ? spec::Transport::oci_archive : spec::Transport::docker_archive;
}

} // namespace oci::fetch
