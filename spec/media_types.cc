#include "spec/media_types.h"

#include <algorithm>
#include <array>

namespace oci::spec::media {
namespace {

struct LayerType {
  std::string_view media_type;
  Compression compression;
  bool foreign;
};

constexpr std::array<LayerType, 11> layer_types{{
    {oci_layer, Compression::none, false},
    {oci_layer_gzip, Compression::gzip, false},
    {oci_layer_zstd, Compression::zstd, false},
    {docker_layer, Compression::none, false},
    {docker_layer_gzip, Compression::gzip, false},
    {docker_layer_zstd, Compression::zstd, false},
    {"application/vnd.oci.image.layer.nondistributable.v1.tar", Compression::none, true},
    {"application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", Compression::gzip, true},
    {"application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", Compression::zstd, true},
    {"application/vnd.docker.image.rootfs.foreign.diff.tar", Compression::none, true},
    {"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", Compression::gzip, true},
}};

const LayerType* find_layer_type(std::string_view media_type) {
  const auto found = std::find_if(layer_types.begin(), layer_types.end(),
                                  [&](const LayerType& type) { return type.media_type == media_type; });
  return found == layer_types.end() ? nullptr : &*found;
}

} // namespace

bool is_manifest(std::string_view media_type) { return media_type == oci_manifest || media_type == docker_manifest; }

bool is_index(std::string_view media_type) { return media_type == oci_index || media_type == docker_list; }

bool is_image_config(std::string_view media_type) { return media_type == oci_config || media_type == docker_config; }

std::optional<Compression> layer_compression(std::string_view media_type) {
  const LayerType* type = find_layer_type(media_type);
  return type ? std::optional(type->compression) : std::nullopt;
}

Compression compression_of(std::string_view first_bytes) {
  if (first_bytes.starts_with("\x1f\x8b")) return Compression::gzip;
  if (first_bytes.starts_with("\x28\xb5\x2f\xfd")) return Compression::zstd;
  return Compression::none;
}

bool is_foreign_layer(std::string_view media_type) {
  const LayerType* type = find_layer_type(media_type);
  return type && type->foreign;
}

} // namespace oci::spec::media
