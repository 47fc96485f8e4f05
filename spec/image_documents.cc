#include "spec/image.h"

#include "spec/json_decode.h"
#include "spec/json_encode.h"

#include <initializer_list>

namespace oci::spec {
namespace {

Json parse_strict(std::string_view text, std::string_view name) {
  if (text.size() > max_document_bytes) fail(name, ": larger than ", human_bytes(max_document_bytes));
  return parse_json(text, name);
}

template <class Struct>
Struct decode(Json document, std::string_view name) {
  return Decoder(name, CaseVariants::refused).document<Struct>(std::move(document));
}

// The member whose key is `key` in whatever case: other readers do not mind the case.
bool has_member(const Json& document, std::string_view key) {
  const Json::Object* members = document.as_object();
  if (!members) return false;
  for (const Json::Member& member : *members)
    if (equal_ignoring_case(fold_key(member.first), key)) return true;
  return false;
}

// CVE-2021-41190: one text that is a manifest to one reader and an index to the next.
void refuse_members(const Json& extra, std::initializer_list<std::string_view> keys, std::string_view kind,
                    std::string_view name) {
  for (std::string_view key : keys)
    if (has_member(extra, key)) fail(name, ": ", key, ": not allowed in ", kind);
}

void check_head(std::int64_t schema_version, const std::string& media_type, bool media_type_fits, std::string_view kind,
                std::string_view name) {
  if (schema_version != 2) fail(name, ": schemaVersion: must be 2, is ", schema_version);
  if (!media_type.empty() && !media_type_fits)
    fail(name, ": mediaType: \"", printable(media_type, 120), "\" is not that of ", kind);
}

// What servers send when they do not know.
bool says_nothing(std::string_view media_type) {
  return media_type.empty() || media_type == "text/plain" || media_type == "application/json" ||
         media_type == "application/octet-stream";
}

std::optional<DocumentKind> kind_of_media_type(std::string_view media_type) {
  if (media::is_manifest(media_type)) return DocumentKind::manifest;
  if (media::is_index(media_type)) return DocumentKind::index;
  if (media_type == media::docker_schema1 || media_type == media::docker_schema1_signed) return DocumentKind::schema1;
  return std::nullopt;
}

DocumentKind kind_of_body(const Json& document, std::string_view name) {
  const Json* version = document.find("schemaVersion");
  if (version && version->as_int64() == 1) return DocumentKind::schema1;
  if (has_member(document, "manifests")) return DocumentKind::index;
  if (has_member(document, "layers") || has_member(document, "config")) return DocumentKind::manifest;
  fail(name, ": neither a manifest nor an index");
}

std::string media_type_of_body(const Json& document, std::string_view name) {
  const Json* value = document.find("mediaType");
  if (!value || value->is_null()) return "";
  const std::string* text = value->as_string();
  if (!text) fail(name, ": mediaType: expected a string");
  return *text;
}

} // namespace

DocumentKind document_kind(std::string_view text, std::string_view media_type, std::string_view name) {
  const Json document = parse_strict(text, name);
  if (!document.as_object()) fail(name, ": expected an object, got ", document.type_name());
  if (has_member(document, "manifests") && (has_member(document, "layers") || has_member(document, "config")))
    fail(name, ": both a manifest and an index: holds manifests beside layers or config");

  const std::string own = media_type_of_body(document, name);
  if (says_nothing(media_type)) media_type = own;
  if (!own.empty() && own != media_type)
    fail(name, ": says its media type is \"", printable(own, 120), "\", but was announced as \"",
         printable(media_type, 120), "\"");
  if (media_type.empty()) return kind_of_body(document, name);

  const std::optional<DocumentKind> kind = kind_of_media_type(media_type);
  if (!kind) fail(name, ": media type \"", printable(media_type, 120), "\" is neither a manifest's nor an index's");
  return *kind;
}

Manifest parse_manifest(std::string_view text, std::string_view name) {
  Manifest manifest = decode<Manifest>(parse_strict(text, name), name);
  check_head(manifest.schema_version, manifest.media_type, media::is_manifest(manifest.media_type), "a manifest", name);
  refuse_members(manifest.extra, {"manifests", "fsLayers", "history"}, "a manifest", name);
  if (manifest.layers.size() > max_layers)
    fail(name, ": layers: ", manifest.layers.size(), " of them, at most ", max_layers, " are allowed");
  return manifest;
}

Index parse_index(std::string_view text, std::string_view name) {
  Index index = decode<Index>(parse_strict(text, name), name);
  check_head(index.schema_version, index.media_type, media::is_index(index.media_type), "an index", name);
  refuse_members(index.extra, {"layers", "config", "fsLayers", "history"}, "an index", name);
  return index;
}

ImageConfig parse_image_config(std::string_view text, std::string_view name) {
  ImageConfig config = decode<ImageConfig>(parse_strict(text, name), name);
  if (config.rootfs.type != "layers")
    fail(name, ": rootfs.type: must be \"layers\", is \"", printable(config.rootfs.type, 80), "\"");
  if (config.rootfs.diff_ids.size() > max_layers)
    fail(name, ": rootfs.diff_ids: ", config.rootfs.diff_ids.size(), " of them, at most ", max_layers, " are allowed");
  return config;
}

Descriptor parse_descriptor(Json document, std::string_view name) {
  return decode<Descriptor>(std::move(document), name);
}

std::string to_text(const Manifest& manifest) { return dump_json(Encoder::json(manifest)); }
std::string to_text(const Index& index) { return dump_json(Encoder::json(index)); }
std::string to_text(const ImageConfig& config) { return dump_json(Encoder::json(config)); }
Json to_json(const Descriptor& descriptor) { return Encoder::json(descriptor); }
Json to_json(const ImageConfig& config) { return Encoder::json(config); }
Json to_json(const Manifest& manifest) { return Encoder::json(manifest); }
Json to_json(const Index& index) { return Encoder::json(index); }

} // namespace oci::spec
