// --patch: RFC 7386 over the finished config.json.
#include "specgen/flags.h"
#include "specgen/specgen.h"

namespace oci::specgen {

namespace {

class Patcher {
public:
  explicit Patcher(Provenance& provenance) : provenance_(provenance) {}

  void merge(Json& target, const Json& patch, const std::string& path) {
    for (const auto& [key, value] : *patch.as_object()) {
      const std::string place = path.empty() ? key : cat(path, is_map(path) ? "[" : ".", key, is_map(path) ? "]" : "");
      if (value.is_null()) {
        target.erase(key);
        forget(place);
      } else if (value.as_object() != nullptr) {
        Json* member = target.find(key);
        if (member == nullptr || member->as_object() == nullptr) {
          member = &target.set(key, Json::Object{});
          forget(place);
        }
        merge(*member, value, place);
      } else {
        replace(target, key, value, place);
      }
    }
  }

private:
  static bool is_map(std::string_view path) {
    return path == "annotations" || path == "linux.sysctl" || path == "linux.resources.unified";
  }

  void replace(Json& target, const std::string& key, const Json& value, const std::string& place) {
    Origin origin{Origin::Kind::user, "--patch", {}};
    if (const Json* old = target.find(key)) origin.overridden.push_back(printable(dump_json(*old), 80));
    target.set(key, value);
    forget(place);
    provenance_[place] = std::move(origin);
  }

  void forget(const std::string& place) {
    for (auto at = provenance_.lower_bound(place); at != provenance_.end() && at->first.starts_with(place);) {
      const char next = at->first.size() == place.size() ? '.' : at->first[place.size()];
      at = next == '.' || next == '[' ? provenance_.erase(at) : std::next(at);
    }
  }

  Provenance& provenance_;
};

} // namespace

void apply_patch(Generated& generated, std::string_view text) {
  const Json patch = parse_json(text, "--patch");
  if (patch.as_object() == nullptr) refuse("--patch", text, "not a JSON object (RFC 7386)");
  Json document = spec::to_json(generated.config);
  Patcher(generated.provenance).merge(document, patch, "");
  generated.config = spec::runtime_config_from_json(std::move(document), "--patch");
}

} // namespace oci::specgen
