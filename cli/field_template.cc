#include "cli/field_template.h"

#include "base/error.h"

namespace oci::cli {

namespace {

std::string names_of(const Json& object) {
  std::vector<std::string> names;
  for (const Json::Member& member : *object.as_object()) names.push_back(cat('.', member.first));
  return join(names, ", ");
}

std::string value_of(std::string_view action, const Json& object) {
  std::string_view rest = trim(action);
  const bool as_json = rest.starts_with("json ");
  if (as_json) rest = trim(rest.substr(5));
  if (rest == ".") return dump_json(object);
  const Json* value = rest.starts_with('.') ? object.find(rest.substr(1)) : nullptr;
  if (!value) fail("--format: {{", printable(action, 80), "}} is unknown; there are ", names_of(object));
  const std::string* text = value->as_string();
  return text && !as_json ? printable(*text, 4 * text->size()) : dump_json(*value);
}

// What a shell's single quotes leave as two characters.
std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
    if (next == 't' || next == 'n') {
      out += next == 't' ? '\t' : '\n';
      ++i;
    } else {
      out += text[i];
    }
  }
  return out;
}

} // namespace

std::string fill_template(std::string_view text, const Json& object) {
  std::string out;
  while (true) {
    const std::size_t begin = text.find("{{");
    out += unescape(text.substr(0, begin));
    if (begin == std::string_view::npos) return out;
    const std::size_t end = text.find("}}", begin);
    if (end == std::string_view::npos) fail("--format: a {{ is not closed");
    out += value_of(text.substr(begin + 2, end - begin - 2), object);
    text.remove_prefix(end + 2);
  }
}

} // namespace oci::cli
