// Reads a Json document into a struct by its list of fields (json_fields.h). For .cc files of spec only.
// Texts and values are moved out of the document; the path of an error is put together only when there is one.
#pragma once

#include "base/digest.h"
#include "base/error.h"
#include "base/json.h"
#include "spec/json_fields.h"

#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oci::spec {

// What a key that differs from a known one only in case is.
enum class CaseVariants { refused, warned };

// Where in the document we are: a list on the stack from the inside out.
struct Place {
  enum class Kind { document, field, entry, item };
  Kind kind = Kind::document;
  const Place* parent = nullptr;
  std::string_view key;  // of a field or of a map's entry
  std::size_t index = 0; // of an array's item
};

// "process.args[0]"; "" for the document.
std::string path_text(const Place& at);

// What the Decoder throws: its message is "<name>: <path>: <why>".
class DecodeError : public Error {
public:
  DecodeError(std::string message, std::string path, std::string_view why)
      : Error(std::move(message)), path_(std::move(path)), why_(why) {}
  const std::string& path() const { return path_; }
  const std::string& why() const { return why_; }

private:
  std::string path_, why_;
};

class Decoder {
public:
  // Warnings are dropped when `warnings` is null.
  Decoder(std::string_view name, CaseVariants case_variants, std::vector<std::string>* warnings = nullptr)
      : name_(name), case_variants_(case_variants), warnings_(warnings) {}

  template <class Struct>
  Struct document(Json json) const {
    Struct into;
    read(json, into, Place{});
    return into;
  }

  void read(Json& json, std::string& into, const Place& at) const;
  void read(Json& json, bool& into, const Place& at) const;
  void read(Json& json, Digest& into, const Place& at) const;
  void read(Json& json, KeySet& into, const Place& at) const;
  void read(Json& json, Json& into, const Place&) const { into = std::move(json); }

  template <std::signed_integral N>
  void read(Json& json, N& into, const Place& at) const {
    into = static_cast<N>(signed_number(json, std::numeric_limits<N>::min(), std::numeric_limits<N>::max(), at));
  }
  template <std::unsigned_integral N>
  void read(Json& json, N& into, const Place& at) const {
    into = static_cast<N>(unsigned_number(json, std::numeric_limits<N>::max(), at));
  }
  template <class T>
  void read(Json& json, std::optional<T>& into, const Place& at) const {
    read(json, into.emplace(), at);
  }
  template <class T>
  void read(Json& json, std::vector<T>& into, const Place& at) const {
    Json::Array& items = array(json, at);
    into.reserve(items.size());
    for (std::size_t i = 0; i < items.size(); ++i)
      read(items[i], into.emplace_back(), Place{Place::Kind::item, &at, {}, i});
  }
  template <class T>
  void read(Json& json, std::map<std::string, T>& into, const Place& at) const {
    for (Json::Member& member : object(json, at)) {
      const Place place{Place::Kind::entry, &at, member.first};
      check_text(member.first, place);
      T value{};
      read(member.second, value, place);
      into.insert_or_assign(std::move(member.first), std::move(value));
    }
  }
  template <class Struct>
  requires requires { Struct::extra; }
  void read(Json& json, Struct& into, const Place& at) const;

  std::int64_t signed_number(Json& json, std::int64_t min, std::int64_t max, const Place& at) const;
  [[noreturn]] void fail_at(const Place& at, std::string_view why) const;
  void case_variant(const Place& at, std::string_view known) const;

private:
  std::uint64_t unsigned_number(Json& json, std::uint64_t max, const Place& at) const;
  Json::Object& object(Json& json, const Place& at) const;
  Json::Array& array(Json& json, const Place& at) const;
  void check_text(const std::string& text, const Place& at) const;
  [[noreturn]] void wrong_type(const Json& json, std::string_view expected, const Place& at) const;
  [[noreturn]] void wrong_number(const Json& json, const Place& at) const;
  std::string located(const Place& at, std::string_view what) const;

  std::string_view name_;
  CaseVariants case_variants_;
  std::vector<std::string>* warnings_;
};

// The visitor of a struct's fields: takes each out of the members of its object.
class FieldReader {
public:
  FieldReader(const Decoder& decoder, Json::Object& members, const Place& at)
      : decoder_(decoder), members_(members), at_(at), taken_(members.size()) {}

  template <class T>
  void required(std::string_view key, T& value) {
    const Place place = field(key);
    if (Json* json = take(key))
      decoder_.read(*json, value, place);
    else
      decoder_.fail_at(place, "missing");
  }
  template <class T>
  void always(std::string_view key, T& value) {
    if (Json* json = take(key)) decoder_.read(*json, value, field(key));
  }
  template <class T>
  void optional(std::string_view key, T& value) {
    always(key, value);
  }
  void size(std::string_view key, std::int64_t& value);

  bool all_taken() const { return taken_count_ == members_.size(); }
  // Visits what no field took: rest(key, value).
  template <class F>
  void rest(F&& visit) {
    for (std::size_t i = 0; i < members_.size(); ++i)
      if (!taken_[i]) visit(members_[i]);
  }
  Place field(std::string_view key) const { return {Place::Kind::field, &at_, key}; }

private:
  Json* take(std::string_view key); // nullptr when missing or null

  const Decoder& decoder_;
  Json::Object& members_;
  const Place& at_;
  std::vector<bool> taken_;
  std::size_t taken_count_ = 0;
};

// Lower case, and the long s and the Kelvin sign as s and k: keys that are equal so are the same to readers in Go.
std::string fold_key(std::string_view key);

// The visitor that looks for a known key which differs from `key` only in case.
class KnownKey {
public:
  explicit KnownKey(std::string_view key) : key_(fold_key(key)) {}
  std::string_view found() const { return found_; }

  template <class T>
  void required(std::string_view known, const T&) {
    compare(known);
  }
  template <class T>
  void always(std::string_view known, const T&) {
    compare(known);
  }
  template <class T>
  void optional(std::string_view known, const T&) {
    compare(known);
  }
  void size(std::string_view known, std::int64_t) { compare(known); }

private:
  void compare(std::string_view known) {
    if (equal_ignoring_case(known, key_)) found_ = known;
  }
  std::string key_;
  std::string_view found_;
};

template <class Struct>
requires requires { Struct::extra; }
void Decoder::read(Json& json, Struct& into, const Place& at) const {
  FieldReader reader(*this, object(json, at), at);
  Struct::fields(into, reader);
  if (reader.all_taken()) return;

  Json::Object extra;
  reader.rest([&](Json::Member& member) {
    KnownKey known(member.first);
    Struct::fields(into, known);
    if (!known.found().empty()) case_variant(reader.field(member.first), known.found());
    extra.push_back(std::move(member));
  });
  into.extra = Json(std::move(extra));
}

} // namespace oci::spec
