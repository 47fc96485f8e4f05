// Walks config.json beside the recorded origins, naming list elements by what identifies them.
#include "specgen/specgen.h"

#include "base/text.h"

#include <algorithm>
#include <array>

namespace oci::specgen {

namespace {

// Objects whose keys are free text stand as lists do: annotations[key].
bool is_map(std::string_view path) {
  static constexpr std::array<std::string_view, 6> maps = {
      "annotations",          "linux.sysctl",      "linux.resources.unified",
      "linux.resources.rdma", "linux.timeOffsets", "linux.netDevices"};
  return std::find(maps.begin(), maps.end(), path) != maps.end();
}

// The member that tells the elements of a list of objects apart.
const char* key_member(std::string_view list) {
  if (list == "mounts") return "destination";
  if (list == "linux.namespaces" || list == "process.rlimits") return "type";
  if (list == "linux.devices") return "path";
  return nullptr;
}

bool is_set_of_texts(std::string_view list) {
  return list.starts_with("process.capabilities.") || list == "linux.maskedPaths" || list == "linux.readonlyPaths";
}

std::string element_name(std::string_view list, const Json& element, std::size_t index) {
  if (const char* member = key_member(list)) {
    const Json* key = element.find(member);
    if (key != nullptr && key->as_string() != nullptr) return *key->as_string();
  }
  if (const std::string* text = element.as_string()) {
    if (list == "process.env") return text->substr(0, text->find('='));
    if (is_set_of_texts(list)) return *text;
  }
  return std::to_string(index);
}

class Walk {
public:
  explicit Walk(const Provenance& provenance) : provenance_(provenance) {}

  void visit(const Json& value, const std::string& path, const Origin* inherited) {
    const auto own = provenance_.find(path);
    const Origin* origin = own != provenance_.end() ? &own->second : inherited;
    const Json::Object* object = value.as_object();
    const Json::Array* array = value.as_array();
    if (object != nullptr && !object->empty()) {
      for (const auto& [key, member] : *object) visit(member, member_path(path, key), origin);
    } else if (array != nullptr && !array->empty()) {
      for (std::size_t i = 0; i < array->size(); ++i)
        visit((*array)[i], cat(path, "[", element_name(path, (*array)[i], i), "]"), origin);
    } else {
      leaves.push_back({path, &value, origin});
    }
  }

  std::vector<Leaf> leaves;

private:
  static std::string member_path(const std::string& path, const std::string& key) {
    if (path.empty()) return key;
    return is_map(path) ? cat(path, "[", key, "]") : cat(path, ".", key);
  }

  const Provenance& provenance_;
};

} // namespace

std::vector<Leaf> explain(const Json& config, const Provenance& provenance) {
  Walk walk(provenance);
  walk.visit(config, "", nullptr);
  return std::move(walk.leaves);
}

std::string origin_text(const Origin& origin) {
  switch (origin.kind) {
  case Origin::Kind::engine:
    return cat("engine ", origin.name);
  case Origin::Kind::image:
    return cat("image ", origin.name);
  case Origin::Kind::user:
    return cat("flag ", origin.name);
  case Origin::Kind::host:
    return cat("host ", origin.name);
  case Origin::Kind::configuration:
    return origin.name;
  }
  return origin.name;
}

} // namespace oci::specgen
