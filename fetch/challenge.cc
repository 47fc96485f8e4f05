#include "fetch/challenge.h"

#include "base/text.h"

#include <optional>

namespace oci::fetch {
namespace {

bool is_token_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

class Scanner {
public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ == text_.size(); }
  std::size_t position() const { return at_; }
  void go_back(std::size_t position) { at_ = position; }
  bool skip_blanks() {
    std::size_t before = at_;
    while (!at_end() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
    return at_ != before;
  }
  void skip_blanks_and_commas() {
    while (skip_blanks() || take(',')) {
    }
  }
  bool take(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::string token() {
    std::size_t start = at_;
    while (!at_end() && is_token_char(text_[at_])) ++at_;
    return std::string(text_.substr(start, at_ - start));
  }
  std::optional<std::string> value() {
    if (take('"')) return quoted();
    std::string plain = token();
    return plain.empty() ? std::nullopt : std::optional(plain);
  }
  void skip_token68() {
    while (!at_end() && (is_token_char(text_[at_]) || text_[at_] == '/' || text_[at_] == '=')) ++at_;
  }
  void skip() { ++at_; }

private:
  std::optional<std::string> quoted() {
    std::string out;
    while (!at_end()) {
      char c = text_[at_++];
      if (c == '"') return out;
      if (c == '\\' && !at_end()) c = text_[at_++];
      out.push_back(c);
    }
    return std::nullopt;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// One name=value; false, with the scanner where it was, when there is none here.
bool read_param(Scanner& scanner, Challenge& challenge) {
  std::size_t start = scanner.position();
  std::string name = scanner.token();
  scanner.skip_blanks();
  if (!name.empty() && scanner.take('=')) {
    scanner.skip_blanks();
    if (auto value = scanner.value()) {
      challenge.params.emplace(to_lower(name), *value);
      return true;
    }
  }
  scanner.go_back(start);
  return false;
}

} // namespace

std::vector<Challenge> parse_challenges(std::string_view header) {
  std::vector<Challenge> found;
  Scanner scanner(header);
  scanner.skip_blanks_and_commas();
  while (!scanner.at_end()) {
    Challenge challenge{to_lower(scanner.token()), {}};
    if (challenge.scheme.empty()) {
      scanner.skip(); // not a scheme's first letter
      scanner.skip_blanks_and_commas();
      continue;
    }
    scanner.skip_blanks();
    if (!read_param(scanner, challenge)) {
      std::size_t start = scanner.position();
      scanner.skip_token68(); // "Negotiate abc==": nothing here for us, unless it is the next scheme
      scanner.skip_blanks();
      if (!scanner.at_end() && !scanner.take(',')) scanner.go_back(start);
    }
    scanner.skip_blanks_and_commas();
    while (read_param(scanner, challenge)) scanner.skip_blanks_and_commas();
    found.push_back(std::move(challenge));
  }
  return found;
}

} // namespace oci::fetch
