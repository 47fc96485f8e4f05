// What `oci spec --explain` prints.
#include "specgen/specgen.h"

#include "base/text.h"

#include <algorithm>

namespace oci::specgen {

namespace {

constexpr std::size_t widest_path = 60, widest_value = 50;

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string source_of(const Leaf& leaf) { return leaf.origin == nullptr ? "unknown" : origin_text(*leaf.origin); }

} // namespace

std::string explanation_text(const Generated& generated) {
  const Json config = spec::to_json(generated.config);
  const std::vector<Leaf> leaves = explain(config, generated.provenance);
  std::size_t path_width = 4, value_width = 5;
  for (const Leaf& leaf : leaves) {
    path_width = std::max(path_width, std::min(leaf.path.size(), widest_path));
    value_width = std::max(value_width, std::min(dump_json(*leaf.value).size(), widest_value));
  }
  std::string text = cat(padded("PATH", path_width), "  ", padded("VALUE", value_width), "  SOURCE\n");
  for (const Leaf& leaf : leaves) {
    text += cat(padded(printable(leaf.path), path_width), "  ", padded(printable(dump_json(*leaf.value)), value_width),
                "  ", source_of(leaf));
    if (leaf.origin != nullptr && !leaf.origin->overridden.empty())
      text += cat(", over ", join(leaf.origin->overridden, ", over "));
    text += "\n";
  }
  for (const std::string& warning : generated.warnings) text += cat("warning: ", warning, "\n");
  return text;
}

Json explanation_json(const Generated& generated) {
  const Json config = spec::to_json(generated.config);
  Json::Array values;
  for (const Leaf& leaf : explain(config, generated.provenance)) {
    Json entry;
    entry.set("path", leaf.path);
    entry.set("value", *leaf.value);
    entry.set("source", source_of(leaf));
    Json::Array overridden;
    if (leaf.origin != nullptr)
      for (const std::string& old : leaf.origin->overridden) overridden.emplace_back(old);
    if (!overridden.empty()) entry.set("overrode", std::move(overridden));
    values.push_back(std::move(entry));
  }
  Json::Array warnings;
  for (const std::string& warning : generated.warnings) warnings.emplace_back(warning);
  Json out;
  out.set("values", std::move(values));
  out.set("warnings", std::move(warnings));
  return out;
}

} // namespace oci::specgen
