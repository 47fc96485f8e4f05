// Random and damaged documents: each is either read, and then written and read back equal, or refused by an Error.
#include "base/json.h"

#include <gtest/gtest.h>
#include <random>

namespace oci {
namespace {

constexpr int rounds = 20'000;
constexpr std::string_view seed_document =
    R"({"ociVersion":"1.2.0","process":{"user":{"uid":0},"args":["sh","-c","echo \u00e9\ud83d\ude00"],"rlimits":[
    {"hard":18446744073709551615,"soft":-1}]},"linux":{"x":[1.5e3,-0,true,false,null,{}],"é":"\\\"\n"}})";

std::string check_one(std::string_view text, const JsonLimits& limits) {
  try {
    Json json = parse_json(text, "fuzz", limits);
    std::string written = dump_json(json, {.indent = "", .escape_html = true});
    EXPECT_TRUE(is_valid_utf8(written));
    EXPECT_EQ(dump_json(parse_json(written, "again", limits), {.indent = "", .escape_html = true}), written);
    return written;
  } catch (const Error& error) {
    EXPECT_TRUE(error.message().starts_with("fuzz: line ")) << error.message();
    EXPECT_TRUE(is_valid_utf8(error.message())) << printable(error.message());
    return "";
  }
}

class JsonFuzz : public testing::Test {
protected:
  std::size_t below(std::size_t end) { return random() % end; }
  std::mt19937 random{20240229};
  JsonLimits limits{.depth = 16, .values = 200, .duplicates = JsonLimits::Duplicates::refuse};
};

TEST_F(JsonFuzz, RandomBytes) {
  for (int round = 0; round < rounds; ++round) {
    std::string text(below(64), '\0');
    for (char& c : text) c = static_cast<char>(random());
    check_one(text, limits);
  }
}

TEST_F(JsonFuzz, RandomTokens) {
  const std::string_view tokens[] = {
      "{",   "}",    "[",     "]",  ":",    ",",    "\"",   "\"a\"",    "\"b\"", "1",
      "-",   "1e9",  "0.5",   "\\", "\\u",  "d8",   "\xC3", "\xA9",     "true",  "null",
      " ",   "\n",   "\"\"",  "9",  "E",    "+",    ".",    "/",        "[[",    "]]",
      "{\"", "\":1", "\":{}", "0",  "\x7F", "\x01", "fals", "\xF4\x8F", "\xED",  "18446744073709551615"};
  for (int round = 0; round < rounds; ++round) {
    std::string text;
    for (std::size_t count = below(40); count > 0; --count) text += tokens[below(std::size(tokens))];
    limits.duplicates = round % 2 == 0 ? JsonLimits::Duplicates::refuse : JsonLimits::Duplicates::last_wins;
    check_one(text, limits);
  }
}

TEST_F(JsonFuzz, DamagedDocuments) {
  ASSERT_NE(check_one(seed_document, limits), "");
  for (std::size_t end = 0; end < seed_document.size(); ++end) {
    EXPECT_EQ(check_one(seed_document.substr(0, end), limits), "") << end;
  }
  for (int round = 0; round < rounds; ++round) {
    std::string text(seed_document);
    for (std::size_t count = 1 + below(4); count > 0; --count) {
      std::size_t at = below(text.size());
      switch (below(4)) {
      case 0:
        text[at] = static_cast<char>(random());
        break;
      case 1:
        text.erase(at, 1 + below(8));
        break;
      case 2:
        text.insert(at, text.substr(below(text.size()), below(16)));
        break;
      default:
        text[at] = seed_document[below(seed_document.size())];
      }
      if (text.empty()) break;
    }
    check_one(text, limits);
  }
}

// Documents made at random are valid by construction: they must come back as they were.
Json random_value(std::mt19937& random, int depth) {
  switch (random() % (depth > 0 ? 8 : 6)) {
  case 0:
    return {};
  case 1:
    return random() % 2 == 0;
  case 2:
    return static_cast<std::int64_t>((std::uint64_t{random()} << 32) | random());
  case 3:
    return (std::uint64_t{random()} << 32) | random();
  case 4:
    return static_cast<double>(random()) / 4096 + 0.000001;
  case 5: {
    std::string text;
    for (auto length = random() % 12; length > 0; --length) text += static_cast<char>(random() % 128);
    return text;
  }
  case 6: {
    Json array{Json::Array()};
    for (auto length = random() % 5; length > 0; --length) array.push(random_value(random, depth - 1));
    return array;
  }
  default: {
    Json object{Json::Object()};
    for (auto length = random() % 30; length > 0; --length) {
      object.set(cat("k", random() % 100), random_value(random, depth - 1));
    }
    return object;
  }
  }
}

TEST_F(JsonFuzz, MadeDocumentsComeBackEqual) {
  for (int round = 0; round < 2000; ++round) {
    Json json = random_value(random, 4);
    EXPECT_EQ(parse_json(dump_json(json), "one line"), json);
    EXPECT_EQ(parse_json(dump_json(json, {.indent = "\t", .escape_html = true}), "indented"), json);
  }
}

} // namespace
} // namespace oci
