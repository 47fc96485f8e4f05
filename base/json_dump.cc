// dump_json: escapes as Go's encoding/json, so that what engines compare byte by byte is the same.
#include "base/json.h"

#include <charconv>
#include <cmath>
#include <iterator>

namespace oci {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

class Writer {
public:
  explicit Writer(const JsonStyle& style) : style_(style) {}

  void value(const Json& json) {
    if (auto* object = json.as_object()) {
      list('{', '}', *object, [&](const Json::Member& member) {
        string(member.first);
        out_ += style_.indent.empty() ? ":" : ": ";
        value(member.second);
      });
    } else if (auto* array = json.as_array()) {
      list('[', ']', *array, [&](const Json& element) { value(element); });
    } else if (auto* text = json.as_string()) {
      string(*text);
    } else if (auto* boolean = json.as_bool()) {
      out_ += *boolean ? "true" : "false";
    } else if (json.is_number()) {
      number(json);
    } else {
      out_ += "null";
    }
  }

  std::string finish() { return std::move(out_); }

private:
  template <class List, class Write>
  void list(char open, char close, const List& elements, Write&& write) {
    out_ += open;
    ++depth_;
    bool first = true;
    for (const auto& element : elements) {
      if (!first) out_ += ',';
      first = false;
      new_line();
      write(element);
    }
    --depth_;
    if (!first) new_line();
    out_ += close;
  }

  void new_line() {
    if (style_.indent.empty()) return;
    out_ += '\n';
    for (std::size_t i = 0; i < depth_; ++i) out_ += style_.indent;
  }

  void number(const Json& json) {
    constexpr double exact_integers = 1e15; // beyond, a plain integer would be read back as one, or be out of its range
    char text[64];
    std::to_chars_result end{};
    double real = *json.as_double();
    if (json.is_integer()) {
      auto integer = json.as_int64();
      end = integer ? std::to_chars(text, std::end(text), *integer)
                    : std::to_chars(text, std::end(text), *json.as_uint64());
    } else if (!std::isfinite(real)) {
      out_ += "null";
      return;
    } else if (std::fabs(real) < exact_integers) {
      end = std::to_chars(text, std::end(text), real);
    } else {
      end = std::to_chars(text, std::end(text), real, std::chars_format::scientific);
    }
    out_.append(text, end.ptr);
  }

  void string(std::string_view text) {
    out_ += '"';
    while (!text.empty()) {
      std::size_t plain = plain_prefix(text);
      out_ += text.substr(0, plain);
      text.remove_prefix(plain);
      if (!text.empty()) text.remove_prefix(escape(text));
    }
    out_ += '"';
  }

  // Bytes that are written as they are.
  std::size_t plain_prefix(std::string_view text) const {
    std::size_t i = 0;
    while (i < text.size() && is_plain(static_cast<unsigned char>(text[i]))) ++i;
    return i;
  }

  bool is_plain(unsigned char c) const {
    if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\') return false;
    return !style_.escape_html || (c != '<' && c != '>' && c != '&');
  }

  // Writes the first character of text, which is not plain; returns its length in text.
  std::size_t escape(std::string_view text) {
    unsigned char c = static_cast<unsigned char>(text[0]);
    if (c < 0x80) {
      escape_ascii(text[0]);
      return 1;
    }
    std::size_t length = utf8_length(text);
    std::string_view sequence = text.substr(0, length);
    if (length == 0) {
      out_ += "\\ufffd";
      return 1;
    }
    if (sequence == "\u2028" || sequence == "\u2029") {
      out_ += sequence == "\u2028" ? "\\u2028" : "\\u2029"; // JavaScript takes them for line ends
    } else {
      out_ += sequence;
    }
    return length;
  }

  void escape_ascii(char c) {
    constexpr std::string_view named = "\"\\\b\f\n\r\t";
    constexpr std::string_view letters = "\"\\bfnrt";
    std::size_t at = named.find(c);
    out_ += '\\';
    if (at != std::string_view::npos) {
      out_ += letters[at];
      return;
    }
    out_ += "u00";
    out_ += hex_digits[static_cast<unsigned char>(c) >> 4];
    out_ += hex_digits[static_cast<unsigned char>(c) & 15];
  }

  const JsonStyle& style_;
  std::string out_;
  std::size_t depth_ = 0;
};

} // namespace

std::string dump_json(const Json& value, const JsonStyle& style) {
  Writer writer(style);
  writer.value(value);
  return writer.finish();
}

} // namespace oci
