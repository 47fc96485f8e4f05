#include "spec/json_decode.h"

#include "base/text.h"

namespace oci::spec {
namespace {

constexpr std::int64_t max_size = std::int64_t{1} << 53; // the largest whole number every JSON reader keeps exact

void append_path(std::string& out, const Place& at) {
  if (at.kind == Place::Kind::document) return;
  append_path(out, *at.parent);
  switch (at.kind) {
  case Place::Kind::field:
    if (!out.empty()) out += '.';
    out += printable(at.key, 80);
    break;
  case Place::Kind::entry:
    out += cat("[\"", printable(at.key, 80), "\"]");
    break;
  case Place::Kind::item:
    out += cat("[", at.index, "]");
    break;
  case Place::Kind::document:
    break;
  }
}

std::string with_article(std::string_view type) {
  if (type == "null") return "null";
  return cat(type == "array" || type == "object" ? "an " : "a ", type);
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
    text.replace(at, what.size(), with);
}

} // namespace

std::string fold_key(std::string_view key) {
  std::string folded = to_lower(key);
  replace_all(folded, "\u017f", "s");
  replace_all(folded, "\u212a", "k");
  return folded;
}

std::string path_text(const Place& at) {
  std::string path;
  append_path(path, at);
  return path;
}

std::string Decoder::located(const Place& at, std::string_view what) const {
  const std::string path = path_text(at);
  return path.empty() ? cat(name_, ": ", what) : cat(name_, ": ", path, ": ", what);
}

void Decoder::fail_at(const Place& at, std::string_view why) const {
  throw DecodeError(located(at, why), path_text(at), why);
}

void Decoder::wrong_type(const Json& json, std::string_view expected, const Place& at) const {
  fail_at(at, cat("expected ", expected, ", got ", with_article(json.type_name())));
}

void Decoder::wrong_number(const Json& json, const Place& at) const {
  if (!json.is_number()) wrong_type(json, "a number", at);
  const double value = json.as_double().value_or(0);
  constexpr double all_whole = 9007199254740992; // from 2^53 on a double has no fraction
  const bool whole = value >= all_whole || value <= -all_whole || json.as_int64() || json.as_uint64();
  fail_at(at, whole ? "out of range" : "must be a whole number");
}

void Decoder::case_variant(const Place& at, std::string_view known) const {
  if (case_variants_ == CaseVariants::refused) fail_at(at, cat("differs only in case from \"", known, "\""));
  if (warnings_) warnings_->push_back(located(at, cat("ignored: differs only in case from \"", known, "\"")));
}

void Decoder::check_text(const std::string& text, const Place& at) const {
  if (text.find('\0') != std::string::npos) fail_at(at, "holds a NUL character");
}

Json::Object& Decoder::object(Json& json, const Place& at) const {
  if (Json::Object* members = json.as_object()) return *members;
  wrong_type(json, "an object", at);
}

Json::Array& Decoder::array(Json& json, const Place& at) const {
  if (Json::Array* items = json.as_array()) return *items;
  wrong_type(json, "an array", at);
}

void Decoder::read(Json& json, std::string& into, const Place& at) const {
  std::string* text = json.as_string();
  if (!text) wrong_type(json, "a string", at);
  check_text(*text, at);
  into = std::move(*text);
}

void Decoder::read(Json& json, bool& into, const Place& at) const {
  const bool* value = json.as_bool();
  if (!value) wrong_type(json, "a boolean", at);
  into = *value;
}

void Decoder::read(Json& json, Digest& into, const Place& at) const {
  const std::string* text = json.as_string();
  if (!text) wrong_type(json, "a string", at);
  std::optional<Digest> digest = Digest::parse(*text);
  if (!digest) fail_at(at, cat("not a sha256 or sha512 digest: \"", printable(*text, 160), "\""));
  into = std::move(*digest);
}

// Only the keys mean something: {"80/tcp": {}}.
void Decoder::read(Json& json, KeySet& into, const Place& at) const {
  for (Json::Member& member : object(json, at)) {
    const Place place{Place::Kind::entry, &at, member.first};
    check_text(member.first, place);
    if (!member.second.is_null()) object(member.second, place);
    into.keys.push_back(std::move(member.first));
  }
}

std::int64_t Decoder::signed_number(Json& json, std::int64_t min, std::int64_t max, const Place& at) const {
  const std::optional<std::int64_t> value = json.as_int64();
  if (!value) wrong_number(json, at);
  if (*value < min || *value > max) fail_at(at, "out of range");
  return *value;
}

std::uint64_t Decoder::unsigned_number(Json& json, std::uint64_t max, const Place& at) const {
  const std::optional<std::uint64_t> value = json.as_uint64();
  if (!value) wrong_number(json, at);
  if (*value > max) fail_at(at, "out of range");
  return *value;
}

void FieldReader::size(std::string_view key, std::int64_t& value) {
  const Place place = field(key);
  Json* json = take(key);
  if (!json) decoder_.fail_at(place, "missing");
  value = decoder_.signed_number(*json, 0, max_size, place);
}

Json* FieldReader::take(std::string_view key) {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (taken_[i] || members_[i].first != key) continue;
    taken_[i] = true;
    ++taken_count_;
    return members_[i].second.is_null() ? nullptr : &members_[i].second;
  }
  return nullptr;
}

} // namespace oci::spec
