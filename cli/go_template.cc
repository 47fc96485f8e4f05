#include "cli/go_template.h"

#include "base/error.h"
#include "base/text.h"
#include "cli/go_template_functions.h"
#include "cli/go_values.h"

#include <cctype>
#include <map>
#include <vector>

namespace oci::cli {

namespace {

constexpr std::size_t max_depth = 64;
constexpr std::size_t max_output = 64u << 20;

struct Token {
  bool is_action = false;
  std::string text; // of an action: without braces and blanks
};

void trim_end(std::string& text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.pop_back();
}

// "{{- x -}}" takes the blanks around it.
std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> tokens;
  bool trim_next = false;
  while (!text.empty()) {
    const std::size_t open = text.find("{{");
    std::string plain(text.substr(0, open));
    if (trim_next) plain.erase(0, std::min(plain.find_first_not_of(" \t\r\n"), plain.size()));
    trim_next = false;
    if (open == std::string_view::npos) {
      tokens.push_back({false, plain});
      break;
    }
    const std::size_t close = text.find("}}", open);
    if (close == std::string_view::npos) fail("template: unclosed action");
    std::string_view action = text.substr(open + 2, close - open - 2);
    if (action.starts_with("- ")) {
      trim_end(plain);
      action.remove_prefix(1);
    }
    if (action.ends_with(" -")) {
      trim_next = true;
      action.remove_suffix(1);
    }
    tokens.push_back({false, plain});
    tokens.push_back({true, std::string(trim(action))});
    text.remove_prefix(close + 2);
  }
  return tokens;
}

// The words of a pipeline: blanks divide, quotes hold together, brackets and bars stand for themselves.
std::vector<std::string> words_of(std::string_view action) {
  std::vector<std::string> words;
  std::size_t at = 0;
  while (at < action.size()) {
    const char c = action[at];
    if (std::isspace(static_cast<unsigned char>(c))) {
      ++at;
    } else if (std::string_view("|(),").find(c) != std::string_view::npos) {
      words.emplace_back(1, c);
      ++at;
    } else if (c == '"' || c == '`') {
      std::size_t end = at + 1;
      while (end < action.size() && action[end] != c) end += c == '"' && action[end] == '\\' ? 2 : 1;
      if (end >= action.size()) fail("template: unterminated quoted string");
      words.emplace_back(action.substr(at, end + 1 - at));
      at = end + 1;
    } else {
      std::size_t end = at;
      while (end < action.size() && std::string_view(" \t\r\n|(),").find(action[end]) == std::string_view::npos) ++end;
      words.emplace_back(action.substr(at, end - at));
      at = end;
    }
  }
  return words;
}

class Filler {
public:
  Filler(std::vector<Token> tokens, const Json& data) : tokens_(std::move(tokens)), data_(data) {}

  std::string fill() {
    const std::size_t end = block(0, data_, true, 0);
    if (end < tokens_.size()) fail("template: unexpected {{", printable(tokens_[end].text, 40), "}}");
    return std::move(out_);
  }

private:
  // Runs, or only passes over, what stands from `at` to the next "end" or "else" of its own; returns that place.
  std::size_t block(std::size_t at, const Json& dot, bool live, std::size_t depth) {
    if (depth > max_depth) fail("template: more than ", max_depth, " blocks within blocks");
    while (at < tokens_.size()) {
      const Token& token = tokens_[at];
      if (!token.is_action) {
        if (live) write(token.text);
        ++at;
        continue;
      }
      const std::string word = token.text.substr(0, token.text.find_first_of(" \t\n("));
      if (word == "end" || word == "else") return at;
      if (word == "if" || word == "range" || word == "with") {
        at = compound(at, word, dot, live, depth);
        continue;
      }
      if (live && !token.text.starts_with("/*")) action(token.text, dot);
      ++at;
    }
    return at;
  }

  std::size_t compound(std::size_t at, const std::string& kind, const Json& dot, bool live, std::size_t depth) {
    const std::string head(trim(std::string_view(tokens_[at].text).substr(kind.size())));
    const auto [names, pipeline] = assignment(head);
    const Json value = live ? evaluate(words_of(pipeline), dot) : Json();
    const bool taken = live && is_true(value);
    const bool loops = kind == "range" && taken;
    if (taken && !loops && !names.empty()) variables_[names.back()] = value;
    const std::size_t end =
        loops ? each(at + 1, value, names, depth) : block(at + 1, kind == "with" ? value : dot, taken, depth + 1);
    return otherwise(end, dot, live && !taken, depth);
  }

  // From "else" or "end" to behind the "end".
  std::size_t otherwise(std::size_t at, const Json& dot, bool live, std::size_t depth) {
    if (at >= tokens_.size()) fail("template: unexpected EOF");
    if (tokens_[at].text == "end") return at + 1;
    if (tokens_[at].text != "else") { // "else if": a block that ends with ours
      const std::string rest(trim(std::string_view(tokens_[at].text).substr(4)));
      if (!rest.starts_with("if")) fail("template: unexpected {{", printable(tokens_[at].text, 40), "}}");
      tokens_[at].text = rest;
      const std::size_t end = compound(at, "if", dot, live, depth + 1);
      tokens_[at].text = "else " + rest;
      return end;
    }
    const std::size_t end = block(at + 1, dot, live, depth + 1);
    if (end >= tokens_.size() || tokens_[end].text != "end") fail("template: unexpected EOF");
    return end + 1;
  }

  std::size_t each(std::size_t body, const Json& list, const std::vector<std::string>& names, std::size_t depth) {
    std::size_t end = body;
    auto once = [&](const Json& key, const Json& value) {
      if (names.size() == 2) variables_[names[0]] = key;
      if (!names.empty()) variables_[names.back()] = value;
      end = block(body, value, true, depth + 1);
    };
    if (const Json::Array* array = list.as_array())
      for (std::size_t i = 0; i < array->size(); ++i) once(Json(std::uint64_t{i}), (*array)[i]);
    else if (as_go_nil(list) != nullptr)
      return end;
    else if (const Json::Object* object = list.as_object())
      for (const auto& [key, value] : *object) once(Json(key), value);
    else
      fail("template: range can't iterate over ", list.type_name());
    return end;
  }

  // "$i, $x := pipeline" in names and pipeline.
  static std::pair<std::vector<std::string>, std::string> assignment(const std::string& text) {
    const std::size_t sign = text.find(":=");
    if (!text.starts_with("$") || sign == std::string::npos) return {{}, text};
    std::vector<std::string> names;
    for (const std::string& name : split(text.substr(0, sign), ',')) names.emplace_back(trim(name));
    return {names, std::string(trim(std::string_view(text).substr(sign + 2)))};
  }

  void action(const std::string& text, const Json& dot) {
    const auto [names, pipeline] = assignment(text);
    Json value = evaluate(words_of(pipeline), dot);
    if (names.empty())
      write(template_text(value));
    else
      variables_[names.front()] = std::move(value);
  }

  Json evaluate(const std::vector<std::string>& words, const Json& dot) {
    std::size_t at = 0;
    Json value = pipeline(words, at, dot, 0);
    if (at < words.size()) fail("template: unexpected \"", printable(words[at], 40), "\" in action");
    return value;
  }

  Json pipeline(const std::vector<std::string>& words, std::size_t& at, const Json& dot, std::size_t depth) {
    if (depth > max_depth) fail("template: more than ", max_depth, " brackets within brackets");
    std::vector<Json> last;
    for (;;) {
      Json value = command(words, at, dot, std::move(last), depth);
      if (at >= words.size() || words[at] != "|") return value;
      ++at;
      last.clear();
      last.push_back(std::move(value));
    }
  }

  Json command(const std::vector<std::string>& words, std::size_t& at, const Json& dot, std::vector<Json> last,
               std::size_t depth) {
    if (at >= words.size() || words[at] == "|" || words[at] == ")") fail("template: missing value for command");
    const bool is_function = std::isalpha(static_cast<unsigned char>(words[at].front())) && words[at] != "true" &&
                             words[at] != "false" && words[at] != "nil";
    const std::string name = is_function ? words[at++] : "";
    std::vector<Json> arguments;
    while (at < words.size() && words[at] != "|" && words[at] != ")")
      arguments.push_back(operand(words, at, dot, depth));
    if (!is_function && arguments.size() == 2 && is_go_method(arguments.front())) {
      return call_go_method(arguments.front(), arguments.back());
    }
    if (!is_function) {
      if (arguments.size() != 1 || !last.empty()) fail("template: can't give argument to non-function");
      return std::move(arguments.front());
    }
    for (Json& value : last) arguments.push_back(std::move(value));
    return call_template_function(name, arguments);
  }

  Json operand(const std::vector<std::string>& words, std::size_t& at, const Json& dot, std::size_t depth) {
    const std::string& word = words[at++];
    if (word == "(") {
      Json value = pipeline(words, at, dot, depth + 1);
      if (at >= words.size() || words[at] != ")") fail("template: unclosed left paren");
      ++at;
      if (at < words.size() && words[at].starts_with(".")) return field(value, words[at++].substr(1));
      return value;
    }
    if (word.starts_with("\"")) return parse_json(word, "template"); // the escapes in use are JSON's, too
    if (word.starts_with("`")) return Json(word.substr(1, word.size() - 2));
    if (word == ".") return dot;
    if (word.starts_with(".")) return field(dot, word.substr(1));
    if (word.starts_with("$")) {
      const std::size_t point = word.find('.');
      const std::string name = word.substr(0, point);
      const auto found = variables_.find(name);
      if (name != "$" && found == variables_.end()) fail("template: undefined variable \"", printable(name, 40), "\"");
      const Json& value = name == "$" ? data_ : found->second;
      return point == std::string::npos ? value : field(value, word.substr(point + 1));
    }
    if (word == "true" || word == "false") return Json(word == "true");
    if (word == "nil") return Json();
    if (const auto number = parse_signed(word)) return Json(*number);
    fail("template: function \"", printable(word, 40), "\" not defined");
  }

  // ".A.B": what `value` has no member for is an error where all members are known, and nothing deeper down.
  static Json field(const Json& value, const std::string& path) {
    Json found = value;
    for (const std::string& name : split(path, '.')) {
      std::optional<Json> next = template_field(found, name);
      if (!next && is_go_struct(found))
        fail("template: skopeo inspect:1: executing \"skopeo inspect\" at <.", printable(path, 80),
             ">: can't evaluate field ", printable(name, 80));
      found = next ? std::move(*next) : Json();
    }
    return found;
  }

  void write(const std::string& text) {
    if (out_.size() + text.size() > max_output) fail("template: its text is larger than ", human_bytes(max_output));
    out_ += text;
  }

  std::vector<Token> tokens_;
  const Json& data_;
  std::map<std::string, Json> variables_;
  std::string out_;
};

} // namespace

std::string fill_go_template(std::string_view text, const Json& data) { return Filler(tokens_of(text), data).fill(); }

} // namespace oci::cli
