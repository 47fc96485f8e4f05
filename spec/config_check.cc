#include "spec/config_check.h"

#include "spec/config_rules.h"
#include "spec/json_decode.h"

#include <type_traits>

namespace oci::spec {
namespace {

constexpr std::string_view other_systems[] = {"solaris", "windows", "vm", "zos", "freebsd"};

// The visitor that lists a struct's keys.
class KeyList {
public:
  std::vector<std::string> keys;
  template <class T>
  void required(std::string_view key, const T&) {
    keys.emplace_back(key);
  }
  template <class T>
  void always(std::string_view key, const T&) {
    keys.emplace_back(key);
  }
  template <class T>
  void optional(std::string_view key, const T&) {
    keys.emplace_back(key);
  }
};

// Reads as the Decoder does, but goes on after a fault: what could not be read keeps its default.
class Checker {
public:
  explicit Checker(Findings& findings) : findings_(findings) {}

  template <class T>
  void read(Json& json, T& into, const Place& at) {
    try {
      decoder_.read(json, into, at);
    } catch (const DecodeError& error) {
      findings_.error(error.path(), error.why());
    }
  }
  template <class T>
  void read(Json& json, std::optional<T>& into, const Place& at) {
    read(json, into.emplace(), at);
  }
  template <class T>
  void read(Json& json, std::vector<T>& into, const Place& at) {
    Json::Array* items = json.as_array();
    if (!items) return wrong_type(json, "an array", at);
    into.resize(items->size());
    for (std::size_t i = 0; i < items->size(); ++i) read((*items)[i], into[i], Place{Place::Kind::item, &at, {}, i});
  }
  template <class T>
  void read(Json& json, std::map<std::string, T>& into, const Place& at) {
    Json::Object* members = json.as_object();
    if (!members) return wrong_type(json, "an object", at);
    for (Json::Member& member : *members)
      read(member.second, into[member.first], Place{Place::Kind::entry, &at, member.first});
  }
  template <class Struct>
  requires requires { Struct::extra; }
  void read(Json& json, Struct& into, const Place& at);

  void wrong_type(const Json& json, std::string_view expected, const Place& at) {
    findings_.error(path_text(at), "expected ", expected, ", got ", json.type_name());
  }
  void missing(const Place& at) { findings_.error(path_text(at), "missing"); }
  void unknown(const Place& at, std::string_view key, const std::vector<std::string>& known);

private:
  Decoder decoder_{"", CaseVariants::warned};
  Findings& findings_;
};

class FieldChecker {
public:
  FieldChecker(Checker& checker, Json::Object& members, const Place& at)
      : checker_(checker), members_(members), at_(at) {}

  template <class T>
  void required(std::string_view key, T& value) {
    if (!take(key, value)) checker_.missing(Place{Place::Kind::field, &at_, key});
  }
  template <class T>
  void always(std::string_view key, T& value) {
    take(key, value);
  }
  template <class T>
  void optional(std::string_view key, T& value) {
    take(key, value);
  }

private:
  template <class T>
  bool take(std::string_view key, T& value) {
    for (Json::Member& member : members_) {
      if (member.first != key) continue;
      if (member.second.is_null()) return false;
      checker_.read(member.second, value, Place{Place::Kind::field, &at_, key});
      return true;
    }
    return false;
  }

  Checker& checker_;
  Json::Object& members_;
  const Place& at_;
};

template <class Struct>
requires requires { Struct::extra; }
void Checker::read(Json& json, Struct& into, const Place& at) {
  Json::Object* members = json.as_object();
  if (!members) return wrong_type(json, "an object", at);
  FieldChecker fields(*this, *members, at);
  Struct::fields(into, fields);
  KeyList known;
  Struct::fields(into, known);
  for (const Json::Member& member : *members)
    if (std::find(known.keys.begin(), known.keys.end(), member.first) == known.keys.end())
      unknown(at, member.first, known.keys);
}

void Checker::unknown(const Place& at, std::string_view key, const std::vector<std::string>& known) {
  const bool other_system =
      at.kind == Place::Kind::document &&
      std::find(std::begin(other_systems), std::end(other_systems), key) != std::end(other_systems);
  if (other_system) return;
  const std::string path = path_text(Place{Place::Kind::field, &at, key});
  for (const std::string& candidate : known)
    if (fold_key(candidate) == fold_key(key))
      return findings_.warn(path, "has no effect: differs only in case from \"", candidate, "\"");
  const auto near = nearest(key, known);
  findings_.warn(path, "unknown, has no effect", near ? cat("; did you mean \"", *near, "\"?") : std::string());
}

} // namespace

void Findings::one_of(const std::string& path, std::string_view word, std::span<const std::string_view> known) {
  if (word.empty() || std::find(known.begin(), known.end(), word) != known.end()) return;
  const auto near = nearest(word, {known.begin(), known.end()});
  if (near) return error(path, "unknown value \"", printable(word, 80), "\"; did you mean \"", *near, "\"?");
  error(path, "unknown value \"", printable(word, 80), "\"; known are ", join({known.begin(), known.end()}, ", "));
}

void Findings::absolute(const std::string& path, std::string_view value) {
  if (!value.empty() && !value.starts_with('/'))
    error(path, "must be an absolute path, not \"", printable(value, 80), "\"");
}

// "0-3,7", as the kernel reads it.
void Findings::cpu_list(const std::string& path, std::string_view value) {
  if (value.empty()) return;
  for (const std::string& part : split(value, ',')) {
    const auto dash = part.find('-');
    const auto first = parse_unsigned(part.substr(0, dash));
    const auto last = dash == std::string::npos ? first : parse_unsigned(part.substr(dash + 1));
    if (!first || !last || *first > *last)
      return error(path, "not a list of numbers and ranges such as 0-3,7: \"", printable(value, 80), "\"");
  }
}

CheckedConfig check_config(std::string_view text, std::string_view name) {
  CheckedConfig checked;
  Findings findings(checked.findings);
  JsonLimits limits;
  limits.duplicates = JsonLimits::Duplicates::last_wins;
  std::vector<std::string> duplicates;
  Json document = parse_json(text, name, limits, &duplicates);
  for (const std::string& path : duplicates)
    findings.warn(printable(path), "given more than once, the last one counts");
  Checker(findings).read(document, checked.config, Place{});
  if (!document.as_object()) return checked;
  check_common_rules(checked.config, findings);
  if (checked.config.linux_) check_linux_rules(checked.config, findings);
  return checked;
}

} // namespace oci::spec
