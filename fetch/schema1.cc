#include "fetch/schema1.h"

#include "base/base64.h"

#include <algorithm>

namespace oci::fetch {
namespace {

constexpr std::size_t max_entries = 1024;

const Json& member(const Json& object, std::string_view key, std::string_view name) {
  const Json* value = object.find(key);
  if (value == nullptr) fail(name, ": ", key, ": missing");
  return *value;
}

const Json::Array& list(const Json& object, std::string_view key, std::string_view name) {
  const Json::Array* array = member(object, key, name).as_array();
  if (array == nullptr) fail(name, ": ", key, ": expected an array");
  if (array->size() > max_entries) fail(name, ": ", key, ": more than ", max_entries);
  return *array;
}

const std::string& text_of(const Json& object, std::string_view key, std::string_view name) {
  const std::string* text = member(object, key, name).as_string();
  if (text == nullptr) fail(name, ": ", key, ": expected a string");
  return *text;
}

std::string text_or_nothing(const Json& object, std::string_view key) {
  const Json* value = object.find(key);
  const std::string* text = value == nullptr ? nullptr : value->as_string();
  return text == nullptr ? "" : *text;
}

Schema1::Layer parse_layer(const Json& blob, const Json& history, const std::string& name) {
  const std::string& text = text_of(blob, "blobSum", name);
  const std::optional<Digest> digest = Digest::parse(text);
  if (!digest) fail(name, ": blobSum: not a digest: ", printable(text, 120));
  Schema1::Layer layer;
  layer.blob = *digest;
  const std::string shown = cat(name, ": v1Compatibility");
  layer.config =
      parse_json(text_of(history, "v1Compatibility", name), shown, {.duplicates = JsonLimits::Duplicates::last_wins});
  if (layer.config.as_object() == nullptr) fail(shown, ": expected an object");
  const Json* throwaway = layer.config.find("throwaway");
  layer.throwaway = throwaway != nullptr && throwaway->as_bool() != nullptr && *throwaway->as_bool();
  return layer;
}

// RFC 4648, 5, without padding.
std::optional<std::string> base64url_decode(std::string text) {
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  while (text.ends_with('=')) text.pop_back();
  text.append((4 - text.size() % 4) % 4, '=');
  return base64_decode(text);
}

// Where the signatures were put in, and what stood behind that place.
struct Cut {
  std::uint64_t length = 0;
  std::string tail;
  bool operator==(const Cut&) const = default;
};

Cut parse_cut(const Json& signature, std::string_view name) {
  const auto header = base64url_decode(text_of(signature, "protected", name));
  if (!header) fail(name, ": protected: not base64");
  const std::string shown = cat(name, ": protected");
  const Json fields = parse_json(*header, shown);
  const auto length = member(fields, "formatLength", shown).as_uint64();
  const auto tail = base64url_decode(text_of(fields, "formatTail", shown));
  if (!length || !tail) fail(shown, ": formatLength and formatTail: not a number and base64");
  return {*length, *tail};
}

std::string created_by(const Json& config) {
  const Json* container = config.find("container_config");
  const Json* command = container == nullptr ? nullptr : container->find("Cmd");
  std::vector<std::string> words;
  if (command != nullptr && command->as_array() != nullptr) {
    for (const Json& word : *command->as_array())
      if (word.as_string() != nullptr) words.push_back(*word.as_string());
  }
  return join(words, " ");
}

Json history_of(const Schema1::Layer& layer) {
  Json entry = Json::Object();
  for (const char* key : {"created", "author"})
    if (std::string text = text_or_nothing(layer.config, key); !text.empty()) entry.set(key, std::move(text));
  if (std::string text = created_by(layer.config); !text.empty()) entry.set("created_by", std::move(text));
  if (std::string text = text_or_nothing(layer.config, "comment"); !text.empty()) entry.set("comment", std::move(text));
  if (layer.throwaway) entry.set("empty_layer", true);
  return entry;
}

} // namespace

Schema1 parse_schema1(std::string_view text, std::string_view name) {
  const Json document = parse_json(text, name);
  if (document.as_object() == nullptr) fail(name, ": expected an object");
  if (const auto version = member(document, "schemaVersion", name).as_int64(); version != 1)
    fail(name, ": schemaVersion: must be 1");
  const Json::Array &blobs = list(document, "fsLayers", name), &history = list(document, "history", name);
  if (blobs.empty()) fail(name, ": has no layers");
  if (blobs.size() != history.size())
    fail(name, ": has ", history.size(), " entries of history for ", blobs.size(), " layers");
  Schema1 image;
  image.architecture = text_or_nothing(document, "architecture");
  for (std::size_t i = blobs.size(); i-- > 0;)
    image.layers.push_back(parse_layer(blobs[i], history[i], cat(name, ": layer ", i)));
  return image;
}

std::optional<std::string> schema1_payload(std::string_view text, std::string_view name) {
  if (text.find("\"signatures\"") == std::string_view::npos) return std::nullopt;
  const Json document = parse_json(text, name);
  const Json* version = document.find("schemaVersion");
  const Json* signatures = document.find("signatures");
  if (version == nullptr || version->as_int64() != 1 || signatures == nullptr) return std::nullopt;
  const Json::Array& all = list(document, "signatures", name);
  if (all.empty()) return std::nullopt;
  const std::string shown = cat(name, ": signature");
  const Cut cut = parse_cut(all.front(), shown);
  for (const Json& signature : all)
    if (parse_cut(signature, shown) != cut) fail(shown, "s: they are of different texts");
  if (cut.length > text.size()) fail(shown, ": formatLength: beyond the end");
  return cat(text.substr(0, cut.length), cut.tail);
}

std::string schema2_config(const Schema1& image, const std::vector<Digest>& diff_ids) {
  Json config = image.layers.back().config;
  for (const char* key : {"id", "parent", "parent_id", "layer_id", "throwaway", "Size"}) config.erase(key);
  if (text_or_nothing(config, "architecture").empty()) config.set("architecture", image.architecture);
  if (text_or_nothing(config, "os").empty()) config.set("os", "linux");
  Json digests = Json::Array(), history = Json::Array();
  for (const Digest& digest : diff_ids) digests.push(digest.text());
  for (const Schema1::Layer& layer : image.layers) history.push(history_of(layer));
  config.set("rootfs", Json::Object{{"type", "layers"}, {"diff_ids", std::move(digests)}});
  config.set("history", std::move(history));
  Json::Object& members = *config.as_object();
  std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return dump_json(config, {.indent = "", .escape_html = true});
}

} // namespace oci::fetch
