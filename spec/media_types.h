// Media types: image-spec media-types.md and Docker's schema 2.
#pragma once

#include <optional>
#include <string_view>

namespace oci::spec::media {

inline constexpr std::string_view oci_manifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view oci_index = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view oci_config = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view oci_layer = "application/vnd.oci.image.layer.v1.tar";
inline constexpr std::string_view oci_layer_gzip = "application/vnd.oci.image.layer.v1.tar+gzip";
inline constexpr std::string_view oci_layer_zstd = "application/vnd.oci.image.layer.v1.tar+zstd";
inline constexpr std::string_view docker_manifest = "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr std::string_view docker_list = "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr std::string_view docker_config = "application/vnd.docker.container.image.v1+json";
inline constexpr std::string_view docker_layer = "application/vnd.docker.image.rootfs.diff.tar";
inline constexpr std::string_view docker_layer_gzip = "application/vnd.docker.image.rootfs.diff.tar.gzip";
inline constexpr std::string_view docker_layer_zstd = "application/vnd.docker.image.rootfs.diff.tar.zstd";
inline constexpr std::string_view docker_schema1 = "application/vnd.docker.distribution.manifest.v1+json";
inline constexpr std::string_view docker_schema1_signed = "application/vnd.docker.distribution.manifest.v1+prettyjws";

bool is_manifest(std::string_view media_type); // OCI or schema 2
bool is_index(std::string_view media_type);    // OCI index or Docker list
bool is_image_config(std::string_view media_type);

enum class Compression { none, gzip, zstd };
// nullopt: not a layer. Non-distributable ("foreign") layers count as layers.
std::optional<Compression> layer_compression(std::string_view media_type);

// What the first bytes of a layer show, of `magic_bytes` or more.
Compression compression_of(std::string_view first_bytes);
inline constexpr std::size_t magic_bytes = 4;
bool is_foreign_layer(std::string_view media_type);

} // namespace oci::spec::media
