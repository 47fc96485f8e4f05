// parse_json: nlohmann's SAX parser drives a builder that applies our limits.
#include "base/json.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

namespace oci {

namespace {

// Walks the text and leaves where it is in `*place`, so that the builder's own errors have a position too.
class Cursor {
public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Cursor(const char* at, const char** place) : at_(at), place_(place) {}
  reference operator*() const { return *at_; }
  Cursor& operator++() {
    *place_ = ++at_;
    return *this;
  }
  friend bool operator==(const Cursor& a, const Cursor& b) { return a.at_ == b.at_; }

private:
  const char* at_;
  const char** place_;
};

// The keys of one large object by their index. A tree: hashes could be made to collide.
class KeyIndex {
public:
  explicit KeyIndex(const Json::Object& object) : indices_(Less{&object}) {
    for (std::size_t i = 0; i < object.size(); ++i) indices_.insert(i);
  }
  void add(std::size_t index) { indices_.insert(index); }
  std::optional<std::size_t> find(std::string_view key) const {
    auto at = indices_.find(key);
    return at == indices_.end() ? std::nullopt : std::optional(*at);
  }

private:
  struct Less {
    using is_transparent = void;
    const Json::Object* object;
    std::string_view key(std::size_t index) const { return (*object)[index].first; }
    bool operator()(std::size_t a, std::size_t b) const { return key(a) < key(b); }
    bool operator()(std::size_t a, std::string_view b) const { return key(a) < b; }
    bool operator()(std::string_view a, std::size_t b) const { return a < key(b); }
  };
  std::set<std::size_t, Less> indices_;
};

// An array or object that is being read. It does not move: its parent gets no new element meanwhile.
struct Open {
  Json::Array* array = nullptr;
  Json::Object* object = nullptr;
  std::size_t member = 0; // of object, the one being read
  std::unique_ptr<KeyIndex> keys;
};

constexpr std::size_t first_capacity = 4;
constexpr std::size_t linear_keys = 16; // an object with more gets a KeyIndex

std::optional<std::size_t> find_key(const Open& open, std::string_view key) {
  if (open.keys) return open.keys->find(key);
  const Json::Object& object = *open.object;
  for (std::size_t i = 0; i < object.size(); ++i) {
    if (object[i].first == key) return i;
  }
  return std::nullopt;
}

// What nlohmann's parser reports, made into a Json. Refuses by throwing.
class Builder {
public:
  Builder(std::string_view text, std::string_view name, const JsonLimits& limits, std::vector<std::string>* duplicates)
      : text_(text), name_(name), limits_(limits), duplicates_(duplicates) {}

  Json parse() {
    if (text_.starts_with("\xEF\xBB\xBF")) refuse(0, "byte order mark");
    const std::size_t nul = text_.find('\0');
    if (nul != std::string_view::npos) refuse(nul, "NUL byte"); // nlohmann's lexer would take it for the end
    const char* end = text_.data() + text_.size();
    nlohmann::json::sax_parse(Cursor(text_.data(), &place_), Cursor(end, &place_), this);
    return std::move(root_);
  }

  bool null() { return add(Json()); }
  bool boolean(bool value) { return add(Json(value)); }
  bool number_integer(std::int64_t value) { return add(Json(value)); }
  bool number_unsigned(std::uint64_t value) { return add(Json(value)); }
  bool number_float(double value, const std::string& digits) {
    bool integer = digits.find_first_of(".eE") == std::string::npos;
    if (integer) refuse(here(), "number out of range");
    return add(Json(value));
  }
  bool string(std::string& value) { return add(Json(std::string(value))); } // a copy leaves the lexer its buffer
  bool binary(nlohmann::json::binary_t&) { return false; }

  bool start_object(std::size_t) {
    Json& value = place(Json(Json::Object()));
    enter({.array = nullptr, .object = value.as_object(), .member = 0, .keys = nullptr});
    return true;
  }
  bool end_object() { return leave(); }
  bool start_array(std::size_t) {
    Json& value = place(Json(Json::Array()));
    enter({.array = value.as_array(), .object = nullptr, .member = 0, .keys = nullptr});
    return true;
  }
  bool end_array() { return leave(); }

  bool key(std::string& key) {
    count();
    Open& open = open_.back();
    if (auto existing = find_key(open, key)) {
      open.member = *existing;
      duplicate(key);
      return true;
    }
    Json::Object& object = *open.object;
    if (object.empty()) object.reserve(first_capacity);
    open.member = object.size();
    object.emplace_back(key, Json());
    if (open.keys) {
      open.keys->add(open.member);
    } else if (object.size() > linear_keys) {
      open.keys = std::make_unique<KeyIndex>(object);
    }
    return true;
  }

  bool parse_error(std::size_t read, const std::string&, const nlohmann::json::exception& exception) {
    std::size_t offset = std::min(read - std::min<std::size_t>(read, 1), text_.size());
    refuse(offset, cause(offset, exception.what()));
  }

private:
  // In our words; nlohmann's name its own classes and grammar.
  std::string cause(std::size_t offset, std::string_view theirs) const {
    auto says = [&](std::string_view words) { return theirs.find(words) < theirs.find("; last read"); };
    if (offset == text_.size()) return "unexpected end";
    if (says("out_of_range")) return "number out of range";
    if (says("ill-formed UTF-8")) return "invalid UTF-8 in a string";
    if (says("control character")) return "control character in a string";
    if (says("invalid string")) return "invalid escape in a string";
    if (says("invalid number")) return "malformed number";
    if (says("invalid literal") && offset > 0 && std::isalpha(static_cast<unsigned char>(text_[offset - 1]))) --offset;
    if (text_[offset] == '"') return "unexpected string";
    return cat("unexpected '", printable(word_at(offset), 40), "'");
  }

  // The number or word around offset, or the one character.
  std::string_view word_at(std::size_t offset) const {
    auto in_word = [&](std::size_t i) {
      return i < text_.size() && std::isalnum(static_cast<unsigned char>(text_[i]));
    };
    if (!in_word(offset)) return text_.substr(offset, std::max<std::size_t>(utf8_length(text_.substr(offset)), 1));
    std::size_t begin = offset, end = offset;
    while (begin > 0 && in_word(begin - 1)) --begin;
    while (in_word(end)) ++end;
    return text_.substr(begin, end - begin);
  }

  bool add(Json value) {
    place(std::move(value));
    return true;
  }

  Json& place(Json value) {
    count();
    if (open_.empty()) return root_ = std::move(value);
    Open& open = open_.back();
    if (open.object != nullptr) return (*open.object)[open.member].second = std::move(value);
    if (open.array->empty()) open.array->reserve(first_capacity);
    return open.array->emplace_back(std::move(value));
  }

  void count() {
    if (++values_ > limits_.values) refuse(here(), cat("more than ", limits_.values, " values"));
  }

  void enter(Open open) {
    if (open_.size() >= limits_.depth) refuse(here(), cat("nested deeper than ", limits_.depth));
    open_.push_back(std::move(open));
  }

  bool leave() {
    open_.pop_back();
    return true;
  }

  void duplicate(std::string_view key) {
    if (limits_.duplicates == JsonLimits::Duplicates::refuse) {
      refuse(here(), cat("duplicate key \"", printable(key, 80), "\""));
    }
    if (duplicates_ != nullptr) duplicates_->push_back(path());
  }

  // Of the member that is being read: "mounts[2].source".
  std::string path() const {
    std::string path;
    for (const Open& open : open_) {
      if (open.array != nullptr) {
        path += cat('[', open.array->size() - 1, ']');
      } else {
        if (!path.empty()) path += '.';
        path += (*open.object)[open.member].first;
      }
    }
    return path;
  }

  // Of the last character that was read.
  std::size_t here() const {
    std::size_t read = static_cast<std::size_t>(place_ - text_.data());
    return read - std::min<std::size_t>(read, 1);
  }

  [[noreturn]] void refuse(std::size_t offset, std::string_view why) const {
    std::string_view before = text_.substr(0, offset);
    std::size_t line_start = before.rfind('\n') + 1; // npos + 1 is 0
    auto starts_character = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
    auto line = 1 + std::count(before.begin(), before.end(), '\n');
    auto column =
        1 + std::count_if(before.begin() + static_cast<std::ptrdiff_t>(line_start), before.end(), starts_character);
    fail(name_, ": line ", line, ", column ", column, ": ", why);
  }

  std::string_view text_;
  std::string_view name_;
  const JsonLimits& limits_;
  std::vector<std::string>* duplicates_;
  const char* place_ = text_.data();
  std::size_t values_ = 0;
  std::vector<Open> open_;
  Json root_;
};

} // namespace

Json parse_json(std::string_view text, std::string_view name, const JsonLimits& limits,
                std::vector<std::string>* duplicates) {
  return Builder(text, name, limits, duplicates).parse();
}

} // namespace oci
