#include "cli/go_values.h"

#include <algorithm>

namespace oci::cli {

namespace {

constexpr std::string_view kind_member{"\0kind", 5};

const Json* kind_of(const Json& value) {
  const Json::Object* object = value.as_object();
  return object != nullptr && !object->empty() && object->front().first == kind_member ? &object->front().second
                                                                                       : nullptr;
}

bool is_empty(const Json& value) { return value.is_null() || value == Json(""); }

} // namespace

Json go_struct(Json::Object fields, std::vector<std::string> json_skips) {
  Json::Array skips;
  for (std::string& name : json_skips) skips.emplace_back(std::move(name));
  fields.insert(fields.begin(), {std::string(kind_member), std::move(skips)});
  return fields;
}

Json go_time(std::string rfc3339) { return Json::Object{{std::string(kind_member), std::move(rfc3339)}}; }

Json go_nil(std::string text) {
  return Json::Object{{std::string(kind_member), Json::Object{{"text", std::move(text)}}}};
}

bool is_go_struct(const Json& value) {
  const Json* kind = kind_of(value);
  return kind != nullptr && kind->as_array() != nullptr;
}

const std::string* as_go_time(const Json& value) {
  const Json* kind = kind_of(value);
  return kind == nullptr ? nullptr : kind->as_string();
}

const std::string* as_go_nil(const Json& value) {
  const Json* kind = kind_of(value);
  const Json* text = kind == nullptr ? nullptr : kind->find("text");
  return text == nullptr ? nullptr : text->as_string();
}

Json plain_json(const Json& value) {
  if (as_go_nil(value) != nullptr) return nullptr;
  if (const std::string* time = as_go_time(value)) return *time;
  if (const Json::Array* array = value.as_array()) {
    Json::Array plain;
    for (const Json& one : *array) plain.push_back(plain_json(one));
    return plain;
  }
  const Json::Object* object = value.as_object();
  if (object == nullptr) return value;
  const Json::Array none;
  const Json::Array& skips = is_go_struct(value) ? *kind_of(value)->as_array() : none;
  Json::Object plain;
  for (const auto& [name, member] : *object) {
    const bool skipped = is_empty(member) && std::find(skips.begin(), skips.end(), Json(name)) != skips.end();
    if (name != kind_member && !skipped) plain.emplace_back(name, plain_json(member));
  }
  return plain;
}

} // namespace oci::cli
