// Image documents: image-spec descriptor.md, manifest.md, image-index.md, config.md, and Docker's schema 2 forms of
// them. The parsers are strict: duplicate keys, keys that differ from a known one only in case, invalid UTF-8, depth
// over 64 and impossible sizes are refused (CVE-2021-41190 class: see each function).
#pragma once

#include "base/digest.h"
#include "base/json.h"
#include "spec/json_fields.h"
#include "spec/media_types.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oci::spec {

inline constexpr std::size_t max_document_bytes = 4u << 20; // manifest, index, config
inline constexpr std::size_t max_layers = 4096;
inline constexpr std::size_t max_index_depth = 8;
inline constexpr std::size_t max_instances = 10'000; // of an index and the indexes in it
inline constexpr std::string_view ref_name_annotation = "org.opencontainers.image.ref.name";

struct Platform {
  std::string architecture, os; // GOARCH and GOOS names
  std::string os_version;
  std::vector<std::string> os_features;
  std::string variant;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.always("architecture", s.architecture);
    v.always("os", s.os);
    v.optional("os.version", s.os_version);
    v.optional("os.features", s.os_features);
    v.optional("variant", s.variant);
  }
};

struct Descriptor {
  std::string media_type;
  Digest digest;
  std::int64_t size = 0; // bytes, 0 … 2^53
  std::vector<std::string> urls;
  std::map<std::string, std::string> annotations;
  std::string data; // base64, as it stands
  std::optional<Platform> platform;
  std::string artifact_type;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.optional("mediaType", s.media_type);
    v.required("digest", s.digest);
    v.size("size", s.size);
    v.optional("urls", s.urls);
    v.optional("annotations", s.annotations);
    v.optional("data", s.data);
    v.optional("platform", s.platform);
    v.optional("artifactType", s.artifact_type);
  }
};

struct Manifest {
  std::int64_t schema_version = 2;
  std::string media_type;
  std::string artifact_type;
  Descriptor config;
  std::vector<Descriptor> layers;
  std::optional<Descriptor> subject;
  std::map<std::string, std::string> annotations;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.required("schemaVersion", s.schema_version);
    v.optional("mediaType", s.media_type);
    v.optional("artifactType", s.artifact_type);
    v.required("config", s.config);
    v.always("layers", s.layers);
    v.optional("subject", s.subject);
    v.optional("annotations", s.annotations);
  }
};

struct Index {
  std::int64_t schema_version = 2;
  std::string media_type;
  std::string artifact_type;
  std::vector<Descriptor> manifests;
  std::optional<Descriptor> subject;
  std::map<std::string, std::string> annotations;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.required("schemaVersion", s.schema_version);
    v.optional("mediaType", s.media_type);
    v.optional("artifactType", s.artifact_type);
    v.always("manifests", s.manifests);
    v.optional("subject", s.subject);
    v.optional("annotations", s.annotations);
  }
};

// The "config" member of an image configuration.
struct ContainerConfig {
  std::string user;
  KeySet exposed_ports;
  std::vector<std::string> env;
  std::vector<std::string> entrypoint, cmd;
  KeySet volumes;
  std::string working_dir;
  std::map<std::string, std::string> labels;
  std::string stop_signal;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.optional("User", s.user);
    v.optional("ExposedPorts", s.exposed_ports);
    v.optional("Env", s.env);
    v.optional("Entrypoint", s.entrypoint);
    v.optional("Cmd", s.cmd);
    v.optional("Volumes", s.volumes);
    v.optional("WorkingDir", s.working_dir);
    v.optional("Labels", s.labels);
    v.optional("StopSignal", s.stop_signal);
  }
};

struct RootfsInfo {
  std::string type; // "layers"
  std::vector<Digest> diff_ids;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.always("type", s.type);
    v.always("diff_ids", s.diff_ids);
  }
};

struct History {
  std::string created, author, created_by, comment; // created: RFC 3339
  bool empty_layer = false;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.optional("created", s.created);
    v.optional("created_by", s.created_by);
    v.optional("author", s.author);
    v.optional("comment", s.comment);
    v.optional("empty_layer", s.empty_layer);
  }
};

struct ImageConfig {
  std::string created, author; // created: RFC 3339
  std::string architecture, os, os_version, variant;
  std::vector<std::string> os_features;
  std::optional<ContainerConfig> config;
  RootfsInfo rootfs;
  std::vector<History> history;
  Json extra;
  template <class S, class V>
  static void fields(S& s, V& v) {
    v.optional("created", s.created);
    v.optional("author", s.author);
    v.always("architecture", s.architecture);
    v.always("os", s.os);
    v.optional("os.version", s.os_version);
    v.optional("os.features", s.os_features);
    v.optional("variant", s.variant);
    v.optional("config", s.config);
    v.required("rootfs", s.rootfs);
    v.optional("history", s.history);
  }
};

// Bytes that have a digest, with what they claim to be. Never re-serialised.
struct RawBlob {
  std::string media_type;
  Digest digest;
  std::string bytes;
};

// What a manifest-like document is, from its media type when known, else from its body (schema 1 included). Throws when
// the body holds both layers/config and manifests, or says another media type than `media_type` (pass "" when unknown).
enum class DocumentKind { manifest, index, schema1 };
DocumentKind document_kind(std::string_view text, std::string_view media_type, std::string_view name);

Manifest parse_manifest(std::string_view text,
                        std::string_view name);                  // also refuses a "manifests" member, > max_layers
Index parse_index(std::string_view text, std::string_view name); // also refuses "layers" and "config" members
ImageConfig parse_image_config(std::string_view text, std::string_view name);
Descriptor parse_descriptor(Json document, std::string_view name);

std::string to_text(const Manifest& manifest); // compact, in declared order
std::string to_text(const Index& index);
std::string to_text(const ImageConfig& config);
Json to_json(const Descriptor& descriptor);
Json to_json(const ImageConfig& config);
Json to_json(const Manifest& manifest);
Json to_json(const Index& index);

// The platform of this machine (os linux), with the variant where it is known.
Platform host_platform();
// "linux/arm64/v8", "arm64", "linux/amd64". Throws a usage error that says what is accepted.
Platform parse_platform(std::string_view text);
std::string platform_text(const Platform& platform);

// The manifest of `index` for `wanted` by the rules of containers/image: variant fall-back order, first match wins,
// zstd instances preferred among equals. nullptr when none matches.
const Descriptor* choose_platform(const Index& index, const Platform& wanted);

} // namespace oci::spec
