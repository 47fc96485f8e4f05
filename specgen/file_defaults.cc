// What a configuration file gave, told apart from what the user said.
#include "specgen/specgen.h"

#include "base/json.h"
#include "base/text.h"

namespace oci::specgen {

namespace {

std::string flag_of(const Origin& origin) { return origin.name.substr(0, origin.name.find(' ')); }

using Texts = std::map<std::string, std::string>;

// Path of an origin -> the values that have it.
Texts values_by_origin(const Generated& generated) {
  std::map<const Origin*, std::string> values;
  const Json document = spec::to_json(generated.config);
  for (const Leaf& leaf : explain(document, generated.provenance))
    values[leaf.origin] += cat(leaf.path, "=", dump_json(*leaf.value), "\n");
  Texts texts;
  for (const auto& [path, origin] : generated.provenance) texts[path] = values[&origin];
  return texts;
}

void trace_replaced(Origin& origin, const std::string& source, const std::string& value) {
  origin.overridden.insert(origin.overridden.begin(), cat(source, ": ", value));
}

} // namespace

void trace_to(Generated& generated, const FileDefaults& defaults, const Generated& alone) {
  const bool compares = !defaults.extended.empty();
  const Texts now = compares ? values_by_origin(generated) : Texts();
  const Texts before = compares ? values_by_origin(alone) : Texts();
  // Of a list that the user added to, what is there without him is the file's.
  const auto is_users = [&](const std::string& path, const std::string& flag) {
    if (!defaults.extended.contains(flag)) return false;
    const auto old = before.find(path);
    return old == before.end() || old->second != now.at(path);
  };
  for (auto& [path, origin] : generated.provenance) {
    const std::string flag = flag_of(origin);
    const auto source = defaults.sources.find(flag);
    if (origin.kind != Origin::Kind::user || source == defaults.sources.end()) continue;
    if (const auto old = defaults.replaced.find(flag); old != defaults.replaced.end())
      trace_replaced(origin, source->second, old->second);
    else if (!is_users(path, flag))
      origin = {Origin::Kind::configuration, source->second, origin.overridden};
  }
}

} // namespace oci::specgen
