#include "fetch/yaml.h"

#include <memory>
#include <new>
#include <yaml.h>

namespace oci::fetch {
namespace {

struct EndParser {
  void operator()(yaml_parser_t* parser) const {
    yaml_parser_delete(parser);
    delete parser;
  }
};
struct EndDocument {
  void operator()(yaml_document_t* document) const {
    yaml_document_delete(document);
    delete document;
  }
};
using Parser = std::unique_ptr<yaml_parser_t, EndParser>;
using Document = std::unique_ptr<yaml_document_t, EndDocument>;

Parser new_parser(std::string_view text) {
  auto bare = std::make_unique<yaml_parser_t>();
  if (yaml_parser_initialize(bare.get()) == 0) throw std::bad_alloc();
  Parser parser(bare.release());
  yaml_parser_set_input_string(parser.get(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  return parser;
}

Document load(yaml_parser_t& parser, std::string_view name) {
  auto bare = std::make_unique<yaml_document_t>();
  if (yaml_parser_load(&parser, bare.get()) != 0) return Document(bare.release());
  const bool placed =
      parser.error == YAML_SCANNER_ERROR || parser.error == YAML_PARSER_ERROR || parser.error == YAML_COMPOSER_ERROR;
  fail(name, placed ? cat(": line ", parser.problem_mark.line + 1) : "", ": ",
       parser.problem != nullptr ? parser.problem : "not YAML");
}

class Converter {
public:
  Converter(yaml_document_t& document, std::string_view name, const JsonLimits& limits)
      : document_(document), name_(name), limits_(limits) {}

  Json value(const yaml_node_t& node, std::size_t depth) {
    if (depth > limits_.depth) fail_at(node, "too deep");
    if (++values_ > limits_.values) fail_at(node, "too many values");
    switch (node.type) {
    case YAML_SCALAR_NODE:
      return scalar(node);
    case YAML_SEQUENCE_NODE:
      return sequence(node, depth);
    case YAML_MAPPING_NODE:
      return mapping(node, depth);
    default:
      return {};
    }
  }

private:
  [[noreturn]] void fail_at(const yaml_node_t& node, std::string_view what) const {
    fail(name_, ": line ", node.start_mark.line + 1, ": ", what);
  }
  const yaml_node_t& node(int index) const {
    const yaml_node_t* found = yaml_document_get_node(&document_, index);
    if (found == nullptr) fail(name_, ": a value is missing");
    return *found;
  }
  static std::string text(const yaml_node_t& node) {
    return {reinterpret_cast<const char*>(node.data.scalar.value), node.data.scalar.length};
  }
  static Json scalar(const yaml_node_t& node) {
    std::string content = text(node);
    const bool plain = node.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    if (plain && (content.empty() || content == "~" || content == "null")) return {};
    return content;
  }
  Json sequence(const yaml_node_t& list, std::size_t depth) {
    Json::Array items;
    const auto& held = list.data.sequence.items;
    for (const yaml_node_item_t* item = held.start; item != held.top; ++item)
      items.push_back(value(node(*item), depth + 1));
    return items;
  }
  Json mapping(const yaml_node_t& map, std::size_t depth) {
    Json members = Json::Object();
    const auto& held = map.data.mapping.pairs;
    for (const yaml_node_pair_t* pair = held.start; pair != held.top; ++pair) {
      const yaml_node_t& key = node(pair->key);
      if (key.type != YAML_SCALAR_NODE) fail_at(key, "a key is not a text");
      if (members.find(text(key)) != nullptr) fail_at(key, cat("twice: ", printable(text(key), 120)));
      members.set(text(key), value(node(pair->value), depth + 1));
    }
    return members;
  }

  yaml_document_t& document_;
  std::string_view name_;
  const JsonLimits& limits_;
  std::size_t values_ = 0;
};

} // namespace

Json parse_yaml(std::string_view text, std::string_view name, const JsonLimits& limits) {
  const Parser parser = new_parser(text);
  const Document document = load(*parser, name);
  const yaml_node_t* root = yaml_document_get_root_node(document.get());
  if (root == nullptr) return {};
  Json value = Converter(*document, name, limits).value(*root, 0);
  const Document next = load(*parser, name);
  if (yaml_document_get_root_node(next.get()) != nullptr) fail(name, ": more than one document");
  return value;
}

} // namespace oci::fetch
