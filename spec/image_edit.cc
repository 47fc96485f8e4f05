#include "spec/image_edit.h"

#include <algorithm>

namespace oci::spec {
namespace {

// As other tools write documents, so that equal changes give equal digests.
std::string document_text(Json document) { return cat(dump_json(document, {"", true}), "\n"); }

Descriptor write_document(const Layout& layout, Json document, std::string_view media_type) {
  const std::string text = document_text(std::move(document));
  if (text.size() > max_document_bytes)
    fail("a document of ", text.size(), " bytes is too large, at most ", human_bytes(max_document_bytes));
  return write_blob(layout, text, std::string(media_type));
}

std::string_view oci_layer_type(std::string_view media_type) {
  if (media_type == media::docker_layer) return media::oci_layer;
  if (media_type == media::docker_layer_gzip) return media::oci_layer_gzip;
  if (media_type == media::docker_layer_zstd) return media::oci_layer_zstd;
  return media_type;
}

// The content has another name now; what was said about it stays.
void point_to(Descriptor& descriptor, Descriptor written) {
  descriptor.media_type = std::move(written.media_type);
  descriptor.digest = std::move(written.digest);
  descriptor.size = written.size;
  descriptor.data.clear();
}

} // namespace

WalkedImage walk_to_image(const Layout& layout, const Descriptor& top, const Platform& wanted) {
  WalkedImage walked;
  walked.image = load_image(layout, top, wanted, &walked.walk);
  return walked;
}

ImageEdit::ImageEdit(const Layout& layout, WalkedImage walked)
    : manifest(std::move(walked.image.manifest)), config(std::move(walked.image.config)), layout_(layout),
      walk_(std::move(walked.walk)) {
  if (!config.config) config.config.emplace();
  for (Descriptor& layer : manifest.layers) layer.media_type = oci_layer_type(layer.media_type);
  manifest.media_type = media::oci_manifest;
}

ImageEdit ImageEdit::blank(const Layout& layout, std::string created) {
  ImageEdit edit(layout);
  edit.manifest.media_type = media::oci_manifest;
  const Platform host = host_platform();
  edit.config.created = std::move(created);
  edit.config.architecture = host.architecture;
  edit.config.os = host.os;
  edit.config.variant = host.variant;
  edit.config.config.emplace();
  edit.config.rootfs.type = "layers";
  edit.walk_.emplace_back();
  return edit;
}

void ImageEdit::add_layer(Descriptor layer, Digest diff_id) {
  if (manifest.layers.size() >= max_layers) fail("the image has ", max_layers, " layers already, which is the limit");
  manifest.layers.push_back(std::move(layer));
  config.rootfs.diff_ids.push_back(std::move(diff_id));
}

DescriptorWalk ImageEdit::commit() {
  const DescriptorWalk before = walk_;
  point_to(manifest.config, write_document(layout_, to_json(config), media::oci_config));
  point_to(walk_.back(), write_document(layout_, to_json(manifest), media::oci_manifest));
  write_indexes(before);
  return walk_;
}

void ImageEdit::write_indexes(const DescriptorWalk& before) {
  for (std::size_t i = walk_.size() - 1; i-- > 0;) {
    Index index = parse_index(read_document(layout_, walk_[i]).bytes, walk_[i].digest.text());
    for (Descriptor& entry : index.manifests)
      if (entry.digest == before[i + 1].digest) point_to(entry, walk_[i + 1]);
    point_to(walk_[i], write_document(layout_, to_json(index), walk_[i].media_type));
  }
}

std::vector<std::string> names_of(const Index& index) {
  std::vector<std::string> names;
  for (const Descriptor& entry : index.manifests) {
    const auto found = entry.annotations.find(std::string(ref_name_annotation));
    if (found != entry.annotations.end() && std::find(names.begin(), names.end(), found->second) == names.end())
      names.push_back(found->second);
  }
  return names;
}

bool untag(Layout& layout, std::string_view name) {
  bool found = false;
  layout.update_index([&](Index& index) {
    found = std::erase_if(index.manifests, [&](const Descriptor& entry) {
              const auto annotation = entry.annotations.find(std::string(ref_name_annotation));
              return annotation != entry.annotations.end() && annotation->second == name;
            }) > 0;
    return found;
  });
  return found;
}

} // namespace oci::spec
