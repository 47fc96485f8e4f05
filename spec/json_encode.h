// Writes a struct as Json by its list of fields (json_fields.h): declared order, then `extra`. For .cc files of spec
// only.
#pragma once

#include "base/digest.h"
#include "base/json.h"
#include "spec/json_fields.h"

#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oci::spec {

struct Encoder {
  static Json json(const std::string& value) { return value; }
  static Json json(bool value) { return value; }
  static Json json(const Json& value) { return value; }
  static Json json(const Digest& value) { return value.text(); }
  static Json json(const KeySet& value) {
    Json::Object object;
    for (const std::string& key : value.keys) object.emplace_back(key, Json::Object());
    return object;
  }
  template <std::signed_integral N>
  static Json json(N value) {
    return std::int64_t{value};
  }
  template <std::unsigned_integral N>
  static Json json(N value) {
    return std::uint64_t{value};
  }
  template <class T>
  static Json json(const std::optional<T>& value) {
    return value ? json(*value) : Json();
  }
  template <class T>
  static Json json(const std::vector<T>& values) {
    Json::Array array;
    array.reserve(values.size());
    for (const T& value : values) array.push_back(json(value));
    return array;
  }
  template <class T>
  static Json json(const std::map<std::string, T>& values) {
    Json::Object object;
    object.reserve(values.size());
    for (const auto& [key, value] : values) object.emplace_back(key, json(value));
    return object;
  }
  template <class Struct>
  requires requires { Struct::extra; }
  static Json json(const Struct& value);
};

// The visitor of a struct's fields.
class FieldWriter {
public:
  template <class T>
  void required(std::string_view key, const T& value) {
    object_.emplace_back(key, Encoder::json(value));
  }
  template <class T>
  void always(std::string_view key, const T& value) {
    required(key, value);
  }
  template <class T>
  void optional(std::string_view key, const T& value) {
    if (!absent(value)) required(key, value);
  }
  void size(std::string_view key, std::int64_t value) { required(key, value); }

  Json finish(const Json& extra) {
    if (const Json::Object* members = extra.as_object())
      object_.insert(object_.end(), members->begin(), members->end());
    return std::move(object_);
  }

private:
  template <class T>
  requires requires(const T& value) { value.empty(); }
  static bool absent(const T& value) { return value.empty(); }
  template <std::integral T>
  static bool absent(T value) {
    return value == T{};
  }
  template <class T>
  static bool absent(const std::optional<T>& value) {
    return !value;
  }
  static bool absent(const Json& value) { return value.is_null(); }

  Json::Object object_;
};

template <class Struct>
requires requires { Struct::extra; }
Json Encoder::json(const Struct& value) {
  FieldWriter writer;
  Struct::fields(value, writer);
  return writer.finish(value.extra);
}

} // namespace oci::spec
