#include "cli/go_template_functions.h"

#include "base/error.h"
#include "base/text.h"

#include <algorithm>
#include <cctype>

namespace oci::cli {

namespace {

// "created_by" and "CreatedBy" are the same.
std::string plain_name(const std::string& name) {
  std::string plain = to_lower(name);
  std::erase(plain, '_');
  return plain;
}

const Json& argument(const std::string& function, const std::vector<Json>& arguments, std::size_t at) {
  if (at >= arguments.size()) fail("template: wrong number of args for ", function);
  return arguments[at];
}

std::size_t length_of(const Json& value) {
  if (const auto* text = value.as_string()) return text->size();
  if (const auto* array = value.as_array()) return array->size();
  if (const auto* object = value.as_object()) return object->size();
  if (value.is_null()) return 0;
  fail("template: len of a ", value.type_name());
}

Json element(const Json& value, const Json& key) {
  if (const auto* array = value.as_array()) {
    const auto at = key.as_uint64();
    if (!at || *at >= array->size()) fail("template: error calling index: index out of range: ", template_text(key));
    return (*array)[static_cast<std::size_t>(*at)];
  }
  const std::string* name = key.as_string();
  if (name == nullptr && !value.is_null()) fail("template: error calling index: a ", value.type_name());
  const Json* found = name == nullptr ? nullptr : value.find(*name);
  return found == nullptr ? Json("") : *found;
}

Json joined(const Json& list, const Json& separator) {
  std::vector<std::string> texts;
  if (const auto* array = list.as_array())
    for (const Json& one : *array) texts.push_back(template_text(one));
  return join(texts, template_text(separator));
}

std::string printed(const std::vector<Json>& arguments) {
  std::vector<std::string> texts;
  for (const Json& one : arguments) texts.push_back(template_text(one));
  return join(texts, " ");
}

// %s, %v, %d and %q; what else begins with a percent sign stays as it is.
std::string formatted(const std::vector<Json>& arguments) {
  const std::string format = template_text(argument("printf", arguments, 0));
  std::string out;
  std::size_t next = 1;
  for (std::size_t i = 0; i < format.size(); ++i) {
    const char kind = format[i] == '%' && i + 1 < format.size() ? format[i + 1] : '\0';
    if (kind == 's' || kind == 'v' || kind == 'd' || kind == 'q') {
      const Json& value = argument("printf", arguments, next++);
      out += kind == 'q' ? dump_json(Json(template_text(value))) : template_text(value);
      ++i;
    } else {
      out += format[i];
      if (kind == '%') ++i;
    }
  }
  return out;
}

Json pieces(const std::string& text, const std::string& separator) {
  Json list = Json::Array();
  std::size_t from = 0;
  for (std::size_t at = 0; !separator.empty() && (at = text.find(separator, from)) != std::string::npos;
       from = at + separator.size())
    list.push(text.substr(from, at - from));
  list.push(text.substr(from));
  return list;
}

// Of "and" and "or": the first that decides, or the last.
Json deciding(const std::string& name, const std::vector<Json>& arguments) {
  const bool stop_at = name == "or";
  (void)argument(name, arguments, 0);
  for (const Json& one : arguments)
    if (is_true(one) == stop_at) return one;
  return arguments.back();
}

} // namespace

std::string template_text(const Json& value) {
  if (const auto* text = value.as_string()) return *text;
  if (value.is_null()) return "<no value>";
  std::vector<std::string> texts;
  if (const auto* array = value.as_array()) {
    for (const Json& one : *array) texts.push_back(template_text(one));
    return cat("[", join(texts, " "), "]");
  }
  if (const auto* object = value.as_object()) {
    Json::Object sorted = *object;
    std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [key, one] : sorted) texts.push_back(cat(key, ":", template_text(one)));
    return cat("map[", join(texts, " "), "]");
  }
  return dump_json(value);
}

bool is_true(const Json& value) {
  if (const bool* flag = value.as_bool()) return *flag;
  if (value.is_number()) return value.as_double().value_or(1) != 0;
  return length_of(value) > 0;
}

const Json* find_template_field(const Json& value, const std::string& name) {
  if (const Json* exact = value.find(name)) return exact;
  const Json::Object* object = value.as_object();
  if (object == nullptr) return nullptr;
  const std::string wanted = plain_name(name);
  const auto found =
      std::find_if(object->begin(), object->end(), [&](const auto& one) { return plain_name(one.first) == wanted; });
  return found == object->end() ? nullptr : &found->second;
}

Json call_template_function(const std::string& name, const std::vector<Json>& arguments) {
  const auto first = [&]() -> const Json& { return argument(name, arguments, 0); };
  const auto second = [&]() -> const Json& { return argument(name, arguments, 1); };
  if (name == "json") return dump_json(first(), {.indent = "", .escape_html = true});
  if (name == "len") return Json(std::uint64_t{length_of(first())});
  if (name == "join") return joined(first(), second());
  if (name == "split") return pieces(template_text(first()), template_text(second()));
  if (name == "lower") return to_lower(template_text(first()));
  if (name == "print") return printed(arguments);
  if (name == "println") return printed(arguments) + "\n";
  if (name == "printf") return formatted(arguments);
  if (name == "not") return Json(!is_true(first()));
  if (name == "eq") return Json(first() == second());
  if (name == "ne") return Json(!(first() == second()));
  if (name == "and" || name == "or") return deciding(name, arguments);
  if (name == "upper") {
    std::string text = template_text(first());
    for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
  }
  if (name == "index") {
    Json value = first();
    for (std::size_t i = 1; i < arguments.size(); ++i) {
      Json next = element(value, arguments[i]);
      value = std::move(next);
    }
    return value;
  }
  fail("template: function \"", printable(name, 40), "\" not defined");
}

} // namespace oci::cli
