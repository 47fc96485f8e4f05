// A JSON value with order and exact 64-bit numbers kept, its limited parser, and its writer.
// nlohmann's parser stands behind parse(); its header is seen by json.cc alone.
#pragma once

#include "base/error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace oci {

class Json {
public:
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>; // in document order

  Json() = default; // null
  Json(std::nullptr_t) {}
  Json(bool value) : value_(value) {}
  Json(std::int64_t value) : value_(value) {}
  Json(std::uint64_t value) {
    if (value > INT64_MAX)
      value_ = value;
    else
      value_ = static_cast<std::int64_t>(value);
  }
  Json(int value) : value_(std::int64_t{value}) {}
  Json(unsigned value) : value_(std::int64_t{value}) {}
  Json(double value) : value_(value) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(Array value) : value_(std::move(value)) {}
  Json(Object value) : value_(std::move(value)) {}

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  const bool* as_bool() const { return std::get_if<bool>(&value_); }
  const std::string* as_string() const { return std::get_if<std::string>(&value_); }
  const Array* as_array() const { return std::get_if<Array>(&value_); }
  const Object* as_object() const { return std::get_if<Object>(&value_); }
  std::string* as_string() { return std::get_if<std::string>(&value_); }
  Array* as_array() { return std::get_if<Array>(&value_); }
  Object* as_object() { return std::get_if<Object>(&value_); }
  // Any JSON number without fraction that fits; nullopt otherwise.
  std::optional<std::int64_t> as_int64() const;
  std::optional<std::uint64_t> as_uint64() const;
  std::optional<double> as_double() const;
  bool is_number() const;
  bool is_integer() const;       // written without fraction and exponent
  const char* type_name() const; // "null", "boolean", "number", "string", "array", "object"

  // Object access. find: nullptr when this is no object or has no such key.
  const Json* find(std::string_view key) const;
  Json* find(std::string_view key);
  Json& set(std::string key, Json value); // replaces, or appends; makes null an object. Returns the stored value
  bool erase(std::string_view key);
  void push(Json value); // makes null an array

  friend bool operator==(const Json&, const Json&) = default; // member order counts

private:
  // An integer is an int64_t whenever it fits, so that equal numbers compare equal.
  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, Array, Object> value_;
};

struct JsonLimits {
  std::size_t depth = 64;
  std::size_t values = 500'000;
  enum class Duplicates { refuse, last_wins } duplicates = Duplicates::refuse;
};

// Throws Error "<name>: line 3, column 7: …" for what is not JSON (also invalid UTF-8, text after the end) or beyond
// the limits. With last_wins the duplicate keys' paths are added to *duplicates when given.
Json parse_json(std::string_view text, std::string_view name, const JsonLimits& limits = {},
                std::vector<std::string>* duplicates = nullptr);

struct JsonStyle {
  std::string indent;       // "" is one line
  bool escape_html = false; // Go's: < > & as \u003c …
};
std::string dump_json(const Json& value, const JsonStyle& style = {});

} // namespace oci
