#include "fetch/convert.h"

#include "base/error.h"
#include "base/json.h"

#include <algorithm>
#include <array>

namespace oci::fetch {
namespace {

using spec::media::Compression;

const JsonStyle go_style{.indent = "", .escape_html = true};

constexpr std::string_view foreign_oci = "application/vnd.oci.image.layer.nondistributable.v1.tar";
constexpr std::string_view foreign_docker = "application/vnd.docker.image.rootfs.foreign.diff.tar";

std::string_view suffix(DocumentForm form, Compression compression) {
  if (compression == Compression::none) return "";
  if (compression == Compression::zstd) return form == DocumentForm::oci ? "+zstd" : ".zstd";
  return form == DocumentForm::oci ? "+gzip" : ".gzip";
}

// The members of `from` that `keys` name, in that order; empty ones left out.
Json picked(const Json& from, std::initializer_list<const char*> keys) {
  Json to = Json::Object();
  for (const char* key : keys) {
    const Json* value = from.find(key);
    if (!value || value->is_null()) continue;
    const std::string* text = value->as_string();
    const Json::Array* array = value->as_array();
    const Json::Object* object = value->as_object();
    const bool* flag = value->as_bool();
    bool empty =
        (text && text->empty()) || (array && array->empty()) || (object && object->empty()) || (flag && !*flag);
    if (!empty) to.set(key, *value);
  }
  return to;
}

void sort_members(Json& document, const char* key) {
  Json* value = document.find(key);
  Json::Object* members = value ? value->as_object() : nullptr;
  if (!members) return;
  std::sort(members->begin(), members->end(), [](const auto& a, const auto& b) { return a.first < b.first; });
}

// Go's time.Time writes no zeros at the end of a fraction.
void shorten_time(Json& document) {
  Json* value = document.find("created");
  std::string* text = value ? value->as_string() : nullptr;
  std::size_t dot = text ? text->find('.') : std::string::npos;
  if (dot == std::string::npos) return;
  std::size_t end = text->find_first_not_of("0123456789", dot + 1);
  if (end == std::string::npos) return;
  std::size_t keep = end;
  while (keep > dot + 1 && (*text)[keep - 1] == '0') --keep;
  if (keep == dot + 1) keep = dot;
  text->erase(keep, end - keep);
}

Json history_entry(const Json& from) {
  Json entry = picked(from, {"created", "created_by", "author", "comment", "empty_layer"});
  shorten_time(entry);
  return entry;
}

Json docker_descriptor(const spec::Descriptor& descriptor) {
  Json json;
  json.set("mediaType", descriptor.media_type);
  json.set("size", descriptor.size);
  json.set("digest", descriptor.digest.text());
  if (!descriptor.urls.empty()) {
    Json urls;
    for (const std::string& url : descriptor.urls) urls.push(url);
    json.set("urls", std::move(urls));
  }
  return json;
}

} // namespace

DocumentForm form_of(std::string_view type) {
  bool docker = type == spec::media::docker_manifest || type == spec::media::docker_list;
  return docker ? DocumentForm::docker : DocumentForm::oci;
}

std::string_view manifest_type(DocumentForm form) {
  return form == DocumentForm::oci ? spec::media::oci_manifest : spec::media::docker_manifest;
}
std::string_view index_type(DocumentForm form) {
  return form == DocumentForm::oci ? spec::media::oci_index : spec::media::docker_list;
}
std::string_view config_type(DocumentForm form) {
  return form == DocumentForm::oci ? spec::media::oci_config : spec::media::docker_config;
}

std::string layer_type(const spec::Descriptor& layer, DocumentForm form, Compression compression) {
  if (!spec::media::layer_compression(layer.media_type)) {
    fail("layer ", layer.digest.text(),
         ": unknown media type during manifest conversion: ", printable(layer.media_type, 120));
  }
  if (compression == Compression::zstd && form == DocumentForm::docker) {
    fail("layer ", layer.digest.text(), ": zstd compression is not officially supported for docker images");
  }
  bool foreign = spec::media::is_foreign_layer(layer.media_type);
  std::string_view plain = form == DocumentForm::oci ? (foreign ? foreign_oci : spec::media::oci_layer)
                                                     : (foreign ? foreign_docker : spec::media::docker_layer);
  return cat(plain, suffix(form, compression));
}

std::string oci_config(std::string_view docker_config, std::string_view name) {
  const Json from = parse_json(docker_config, name);
  Json to = picked(from, {"created", "author"});
  shorten_time(to);
  for (const char* key : {"architecture", "os"}) {
    const Json* value = from.find(key);
    to.set(key, value && value->as_string() ? *value : Json(""));
  }
  for (const char* key : {"os.version", "os.features", "variant"}) {
    if (const Json* value = picked(from, {key}).find(key)) to.set(key, *value);
  }
  const Json* config = from.find("config");
  Json kept = picked(config ? *config : Json(), {"User", "ExposedPorts", "Env", "Entrypoint", "Cmd", "Volumes",
                                                 "WorkingDir", "Labels", "StopSignal", "ArgsEscaped"});
  for (const char* key : {"ExposedPorts", "Volumes", "Labels"}) sort_members(kept, key);
  to.set("config", std::move(kept));
  const Json* rootfs = from.find("rootfs");
  Json root = Json::Object();
  for (const char* key : {"type", "diff_ids"}) {
    const Json* value = rootfs ? rootfs->find(key) : nullptr;
    root.set(key, value ? *value : Json());
  }
  to.set("rootfs", std::move(root));
  const Json* history = from.find("history");
  if (const Json::Array* entries = history ? history->as_array() : nullptr; entries && !entries->empty()) {
    Json list;
    for (const Json& entry : *entries) list.push(history_entry(entry));
    to.set("history", std::move(list));
  }
  return dump_json(to, go_style);
}

std::string manifest_text(const spec::Manifest& manifest, DocumentForm form) {
  if (form == DocumentForm::oci) return spec::to_text(manifest);
  Json json;
  json.set("schemaVersion", 2);
  json.set("mediaType", spec::media::docker_manifest);
  json.set("config", docker_descriptor(manifest.config));
  Json layers = Json::Array();
  for (const spec::Descriptor& layer : manifest.layers) layers.push(docker_descriptor(layer));
  json.set("layers", std::move(layers));
  return dump_json(json, go_style);
}

std::string index_text(const spec::Index& index, DocumentForm form) {
  if (form == DocumentForm::oci) return spec::to_text(index);
  Json json, manifests = Json::Array();
  for (const spec::Descriptor& entry : index.manifests) {
    Json described = docker_descriptor(entry), platform;
    platform.set("architecture", entry.platform ? entry.platform->architecture : "");
    platform.set("os", entry.platform ? entry.platform->os : "");
    if (entry.platform && !entry.platform->os_version.empty()) platform.set("os.version", entry.platform->os_version);
    if (entry.platform && !entry.platform->os_features.empty()) {
      Json features;
      for (const std::string& feature : entry.platform->os_features) features.push(feature);
      platform.set("os.features", std::move(features));
    }
    if (entry.platform && !entry.platform->variant.empty()) platform.set("variant", entry.platform->variant);
    described.set("platform", std::move(platform));
    manifests.push(std::move(described));
  }
  json.set("schemaVersion", 2);
  json.set("mediaType", spec::media::docker_list);
  json.set("manifests", std::move(manifests));
  return dump_json(json, go_style);
}

} // namespace oci::fetch
