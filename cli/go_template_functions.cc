#include "cli/go_template_functions.h"

#include "base/error.h"
#include "base/text.h"
#include "cli/go_time.h"
#include "cli/go_values.h"

#include <algorithm>
#include <cctype>

namespace oci::cli {

namespace {

constexpr std::string_view method_member{"\0method", 7};
constexpr std::size_t max_width = 4096; // of a verb of printf

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
  if (as_go_nil(value) != nullptr) return 0;
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
  if (as_go_nil(value) != nullptr) return "";
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

// One of a format's verbs: "%-10.5s".
struct Verb {
  bool left = false;
  std::size_t width = 0;
  std::optional<std::size_t> precision;
  char kind = '\0';
};

std::size_t number_at(std::string_view format, std::size_t& at) {
  std::size_t number = 0;
  for (; at < format.size() && std::isdigit(static_cast<unsigned char>(format[at])); ++at)
    number = std::min<std::size_t>(number * 10 + static_cast<std::size_t>(format[at] - '0'), max_width);
  return number;
}

// From behind the percent sign; `at` is behind the verb then.
Verb verb_at(std::string_view format, std::size_t& at) {
  Verb verb;
  for (; at < format.size() && (format[at] == '-' || format[at] == '+' || format[at] == '#'); ++at)
    verb.left = verb.left || format[at] == '-';
  verb.width = number_at(format, at);
  if (at < format.size() && format[at] == '.') verb.precision = number_at(format, ++at);
  if (at < format.size()) verb.kind = format[at++];
  return verb;
}

std::string formatted(const Verb& verb, const Json& value) {
  std::string text = verb.kind == 'q' ? dump_json(Json(template_text(value))) : template_text(value);
  if (verb.kind == 's' && verb.precision) text.resize(std::min(text.size(), *verb.precision));
  const std::string blanks(verb.width > text.size() ? verb.width - text.size() : 0, ' ');
  return verb.left ? text + blanks : blanks + text;
}

std::string formatted(const std::vector<Json>& arguments) {
  const std::string format = template_text(argument("printf", arguments, 0));
  std::string out;
  std::size_t next = 1;
  for (std::size_t at = 0; at < format.size();) {
    if (format[at] != '%') {
      out += format[at++];
      continue;
    }
    const Verb verb = verb_at(format, ++at);
    if (verb.kind == '%')
      out += '%';
    else if (std::string_view("svdq").find(verb.kind) == std::string_view::npos)
      fail("template: printf has no %", printable(std::string(1, verb.kind)), "; there are %s, %v, %d, %q and %%");
    else
      out += formatted(verb, argument("printf", arguments, next++));
  }
  return out;
}

std::string title(std::string text) {
  bool begins = true;
  for (char& c : text) {
    if (begins) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    begins = !std::isalnum(static_cast<unsigned char>(c)) && c != '\'' && c != '_';
  }
  return text;
}

Json slice(const std::vector<Json>& arguments) {
  const std::string text = template_text(argument("slice", arguments, 0));
  const auto bound = [&](std::size_t at, std::size_t otherwise) {
    if (at >= arguments.size()) return otherwise;
    const auto value = arguments[at].as_uint64();
    if (!value || *value > text.size()) fail("template: error calling slice: index out of range");
    return static_cast<std::size_t>(*value);
  };
  const std::size_t from = bound(1, 0), to = bound(2, text.size());
  if (from > to) fail("template: error calling slice: invalid slice index");
  return text.substr(from, to - from);
}

// Below, at, or above: of numbers or of texts.
int compared(const Json& one, const Json& other) {
  if (one.is_number() && other.is_number()) {
    const double left = one.as_double().value_or(0), right = other.as_double().value_or(0);
    return left < right ? -1 : left > right ? 1 : 0;
  }
  const std::string *left = one.as_string(), *right = other.as_string();
  if (left == nullptr || right == nullptr) fail("template: incompatible types for comparison");
  return left->compare(*right);
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

namespace {

std::string struct_field_text(const Json& value) { return value.is_null() ? "<nil>" : template_text(value); }

} // namespace

std::string template_text(const Json& value) {
  if (const auto* text = value.as_string()) return *text;
  if (value.is_null()) return "<no value>";
  if (const std::string* time = as_go_time(value)) return go_time_text(*time);
  if (const std::string* nil = as_go_nil(value)) return *nil;
  std::vector<std::string> texts;
  if (const auto* array = value.as_array()) {
    for (const Json& one : *array) texts.push_back(template_text(one));
    return cat("[", join(texts, " "), "]");
  }
  if (is_go_struct(value)) {
    const Json::Object& fields = *value.as_object();
    for (std::size_t i = 1; i < fields.size(); ++i) texts.push_back(struct_field_text(fields[i].second));
    return cat("{", join(texts, " "), "}");
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

std::optional<Json> template_field(const Json& value, const std::string& name) {
  if (const std::string* time = as_go_time(value)) {
    if (name == "Format") return Json::Object{{std::string(method_member), *time}};
    return go_time_field(*time, name);
  }
  if (const Json* exact = value.find(name)) return *exact;
  const Json::Object* object = value.as_object();
  if (object == nullptr || is_go_struct(value)) return std::nullopt;
  const std::string wanted = plain_name(name);
  const auto found =
      std::find_if(object->begin(), object->end(), [&](const auto& one) { return plain_name(one.first) == wanted; });
  return found == object->end() ? std::nullopt : std::optional(found->second);
}

bool is_go_method(const Json& value) { return value.find(method_member) != nullptr; }

Json call_go_method(const Json& method, const Json& argument) {
  return go_time_format(*method.find(method_member)->as_string(), template_text(argument));
}

Json call_template_function(const std::string& name, const std::vector<Json>& arguments) {
  const auto first = [&]() -> const Json& { return argument(name, arguments, 0); };
  const auto second = [&]() -> const Json& { return argument(name, arguments, 1); };
  if (name == "json") return dump_json(plain_json(first()));
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
  if (name == "lt") return Json(compared(first(), second()) < 0);
  if (name == "le") return Json(compared(first(), second()) <= 0);
  if (name == "gt") return Json(compared(first(), second()) > 0);
  if (name == "ge") return Json(compared(first(), second()) >= 0);
  if (name == "slice") return slice(arguments);
  if (name == "title") return title(template_text(first()));
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
