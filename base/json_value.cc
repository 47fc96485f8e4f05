#include "base/json.h"

#include <algorithm>

namespace oci {

namespace {

constexpr double two_to_63 = 9223372036854775808.0;

} // namespace

std::optional<std::int64_t> Json::as_int64() const {
  if (auto* number = std::get_if<std::int64_t>(&value_)) return *number;
  if (auto* number = std::get_if<double>(&value_)) {
    if (*number >= -two_to_63 && *number < two_to_63) {
      const auto whole = static_cast<std::int64_t>(*number);
      if (static_cast<double>(whole) == *number) return whole;
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> Json::as_uint64() const {
  if (auto* number = std::get_if<std::uint64_t>(&value_)) return *number;
  if (auto* number = std::get_if<std::int64_t>(&value_)) {
    if (*number >= 0) return static_cast<std::uint64_t>(*number);
  }
  if (auto* number = std::get_if<double>(&value_)) {
    if (*number >= 0 && *number < 2 * two_to_63) {
      const auto whole = static_cast<std::uint64_t>(*number);
      if (static_cast<double>(whole) == *number) return whole;
    }
  }
  return std::nullopt;
}

std::optional<double> Json::as_double() const {
  if (auto* number = std::get_if<double>(&value_)) return *number;
  if (auto* number = std::get_if<std::int64_t>(&value_)) return static_cast<double>(*number);
  if (auto* number = std::get_if<std::uint64_t>(&value_)) return static_cast<double>(*number);
  return std::nullopt;
}

bool Json::is_number() const { return as_double().has_value(); }

bool Json::is_integer() const {
  return std::holds_alternative<std::int64_t>(value_) || std::holds_alternative<std::uint64_t>(value_);
}

const char* Json::type_name() const {
  struct Name {
    const char* operator()(std::monostate) const { return "null"; }
    const char* operator()(bool) const { return "boolean"; }
    const char* operator()(const std::string&) const { return "string"; }
    const char* operator()(const Array&) const { return "array"; }
    const char* operator()(const Object&) const { return "object"; }
    const char* operator()(double) const { return "number"; }
    const char* operator()(std::int64_t) const { return "number"; }
    const char* operator()(std::uint64_t) const { return "number"; }
  };
  return std::visit(Name{}, value_);
}

const Json* Json::find(std::string_view key) const {
  const Object* object = as_object();
  if (object == nullptr) return nullptr;
  auto at = std::find_if(object->begin(), object->end(), [&](const Member& member) { return member.first == key; });
  return at == object->end() ? nullptr : &at->second;
}

Json* Json::find(std::string_view key) { return const_cast<Json*>(std::as_const(*this).find(key)); }

Json& Json::set(std::string key, Json value) {
  if (Json* existing = find(key)) return *existing = std::move(value);
  if (is_null()) value_ = Object();
  return std::get<Object>(value_).emplace_back(std::move(key), std::move(value)).second;
}

bool Json::erase(std::string_view key) {
  Object* object = as_object();
  return object != nullptr && std::erase_if(*object, [&](const Member& member) { return member.first == key; }) > 0;
}

void Json::push(Json value) {
  if (is_null()) value_ = Array();
  std::get<Array>(value_).push_back(std::move(value));
}

} // namespace oci
