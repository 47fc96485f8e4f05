#include "fetch/registry_error.h"

#include "base/json.h"

namespace oci::fetch {
namespace {

constexpr std::size_t max_shown = 200;
constexpr std::size_t max_shown_of_other = 50;

std::string text_member(const Json& object, std::string_view key) {
  const Json* value = object.find(key);
  const std::string* text = value ? value->as_string() : nullptr;
  return text ? printable(*text, max_shown) : "";
}

} // namespace

RegistryError registry_error(const HttpAnswer& answer) {
  RegistryError error;
  try {
    Json body = parse_json(answer.body, "answer", {.duplicates = JsonLimits::Duplicates::last_wins});
    const Json* errors = body.find("errors");
    const Json::Array* list = errors ? errors->as_array() : nullptr;
    const Json& first = list && !list->empty() ? list->front() : body;
    error.code = text_member(first, "code");
    error.message = text_member(first, "message");
    if (error.message.empty()) error.message = text_member(first, "details"); // token servers
  } catch (const Error&) {
    error.message = printable(trim(answer.body), max_shown_of_other);
  }
  return error;
}

std::string RegistryError::text(int status) const {
  std::string shown = message.empty() ? to_lower(code) : message;
  std::string number = code.empty() ? cat("status ", status) : cat(status, " ", code);
  return shown.empty() ? number : cat(shown, " (", number, ")");
}

} // namespace oci::fetch
