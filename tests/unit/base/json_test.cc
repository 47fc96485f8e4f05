#include "base/json.h"

#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <limits>

namespace oci {
namespace {

Json parse(std::string_view text, const JsonLimits& limits = {}) { return parse_json(text, "x.json", limits); }

std::string refusal(std::string_view text, const JsonLimits& limits = {}) {
  try {
    parse(text, limits);
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

TEST(Json, KeepsOrderAndKinds) {
  Json json = parse(R"({"b": [null, true, -1, 1.5, "x"], "a": {}})");
  EXPECT_EQ(json.as_object()->at(0).first, "b");
  const Json::Array& list = *json.find("b")->as_array();
  const char* kinds[] = {"null", "boolean", "number", "number", "string"};
  for (std::size_t i = 0; i < list.size(); ++i) EXPECT_STREQ(list[i].type_name(), kinds[i]);
  EXPECT_STREQ(json.find("a")->type_name(), "object");
  EXPECT_STREQ(json.find("b")->type_name(), "array");
  EXPECT_EQ(dump_json(json), R"({"b":[null,true,-1,1.5,"x"],"a":{}})");
}

TEST(Json, IntegersAreExact) {
  EXPECT_EQ(parse("18446744073709551615").as_uint64(), UINT64_MAX);
  EXPECT_EQ(parse("18446744073709551615").as_int64(), std::nullopt);
  EXPECT_EQ(parse("-9223372036854775808").as_int64(), INT64_MIN);
  EXPECT_EQ(parse("-1").as_uint64(), std::nullopt);
  EXPECT_EQ(parse("9007199254740993").as_int64(), 9007199254740993);
  EXPECT_EQ(parse("-0").as_uint64(), 0u);
  EXPECT_EQ(refusal("18446744073709551616"), "x.json: line 1, column 20: number out of range");
  EXPECT_EQ(refusal("-9223372036854775809"), "x.json: line 1, column 20: number out of range");
  EXPECT_NE(refusal("[1e400]").find("number out of range"), std::string::npos);
}

TEST(Json, NumbersWithoutFractionAreIntegersHoweverWritten) {
  EXPECT_EQ(parse("1e3").as_int64(), 1000);
  EXPECT_EQ(parse("2.0").as_uint64(), 2u);
  EXPECT_EQ(parse("2.5").as_int64(), std::nullopt);
  EXPECT_EQ(parse("1e19").as_int64(), std::nullopt);
  EXPECT_EQ(parse("1e19").as_uint64(), 10'000'000'000'000'000'000u);
  EXPECT_EQ(parse("1e20").as_uint64(), std::nullopt);
  EXPECT_EQ(parse("-1e0").as_uint64(), std::nullopt);
  EXPECT_EQ(parse("3").as_double(), 3.0);
  EXPECT_EQ(parse("\"3\"").as_double(), std::nullopt);
  EXPECT_TRUE(parse("1").is_integer());
  EXPECT_FALSE(parse("1.0").is_integer());
}

TEST(Json, EqualNumbersCompareEqual) {
  EXPECT_EQ(parse("5"), Json(5));
  EXPECT_EQ(Json(5), Json(std::uint64_t{5}));
  EXPECT_EQ(Json(5u), Json(std::int64_t{5}));
  EXPECT_NE(parse("{\"a\":1,\"b\":2}"), parse("{\"b\":2,\"a\":1}"));
}

TEST(Json, StringsAreDecoded) {
  EXPECT_EQ(*parse(R"("a\n\"\\\/\u00e9\ud83d\ude00")").as_string(), "a\n\"\\/\u00e9\U0001F600");
  EXPECT_EQ(*parse(R"("a\u0000b")").as_string(), std::string("a\0b", 3));
  EXPECT_EQ(parse(R"({"\u0000":1})").as_object()->at(0).first, std::string(1, '\0'));
}

TEST(Json, RefusesWhatIsNotJsonAndSaysWhere) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "line 1, column 1: unexpected end"},
      {"[1,2", "line 1, column 5: unexpected end"},
      {"{\"a\":\n  [1,\n  tru]}", "line 3, column 6: unexpected 'tru'"},
      {"[1] x", "line 1, column 5: unexpected 'x'"},
      {"{} {}", "line 1, column 4: unexpected '{'"},
      {"{\"a\" \"b\"}", "line 1, column 8: unexpected string"},
      {"{a:1}", "line 1, column 2: unexpected 'a'"},
      {"[1,]", "line 1, column 4: unexpected ']'"},
      {"01", "line 1, column 2: unexpected '01'"},
      {"-", "line 1, column 2: unexpected end"},
      {"[1.]", "line 1, column 4: malformed number"},
      {"[true}", "line 1, column 6: unexpected '}'"},
      {"[NaN]", "line 1, column 2: unexpected 'NaN'"},
      {"// x\n1", "line 1, column 1: unexpected '/'"},
      {"\"a\tb\"", "line 1, column 3: control character in a string"},
      {"\"\\x\"", "line 1, column 3: invalid escape in a string"},
      {"\"\\ud800\"", "line 1, column 8: invalid escape in a string"},
      {"\"\xFF\"", "line 1, column 2: invalid UTF-8 in a string"},
      {"\"\xC0\x80\"", "line 1, column 2: invalid UTF-8 in a string"},
      {"{\"é\": \"ü\" 1}", "line 1, column 11: unexpected '1'"},
      {"\xEF\xBB\xBF{}", "line 1, column 1: byte order mark"},
      {"[\xC2\xA0]", "line 1, column 2: unexpected '\xC2\xA0'"},
  };
  for (auto [text, why] : cases) EXPECT_EQ(refusal(text), cat("x.json: ", why)) << text;
  EXPECT_EQ(refusal(std::string_view("[\0]", 3)), "x.json: line 1, column 2: NUL byte");
}

TEST(Json, DepthIsLimitedEarly) {
  EXPECT_EQ(refusal(std::string(64, '[') + std::string(64, ']')), "");
  EXPECT_EQ(refusal(std::string(8'000'000, '[')), "x.json: line 1, column 65: nested deeper than 64");
  EXPECT_EQ(refusal("{\"a\":[1]}", {.depth = 1}), "x.json: line 1, column 6: nested deeper than 1");
}

TEST(Json, ValuesAreLimitedKeysIncluded) {
  EXPECT_EQ(refusal("[1,2,3]", {.values = 4}), "");
  EXPECT_EQ(refusal("[1,2,3]", {.values = 3}), "x.json: line 1, column 7: more than 3 values");
  EXPECT_EQ(refusal("{\"a\":1}", {.values = 3}), "");
  EXPECT_EQ(refusal("{\"a\":1}", {.values = 2}), "x.json: line 1, column 7: more than 2 values");
}

TEST(Json, DuplicatesAreRefused) {
  EXPECT_EQ(refusal("{\"a\":1,\n\"a\":2}"), "x.json: line 2, column 3: duplicate key \"a\"");
  EXPECT_EQ(refusal("{\"a\":1,\"\\u0061\":2}"), "x.json: line 1, column 15: duplicate key \"a\"");
  EXPECT_EQ(refusal("{\"a\":{\"a\":1},\"b\":{\"a\":1}}"), "");
}

TEST(Json, LastDuplicateWinsWhereAllowed) {
  std::vector<std::string> duplicates;
  JsonLimits limits{.duplicates = JsonLimits::Duplicates::last_wins};
  Json json = parse_json(R"({"a":[{},{"k":1,"l":2,"k":{"z":0}}],"b":1,"b":[2]})", "x", limits, &duplicates);
  EXPECT_EQ(dump_json(json), R"({"a":[{},{"k":{"z":0},"l":2}],"b":[2]})");
  EXPECT_EQ(duplicates, (std::vector<std::string>{"a[1].k", "b"}));
  EXPECT_EQ(dump_json(parse(R"({"a":1,"a":2})", limits)), R"({"a":2})");
}

TEST(Json, LargeObjectsFindTheirDuplicatesToo) {
  std::string text = "{";
  for (int i = 0; i < 100'000; ++i) text += cat("\"key", i, "\":", i, ",");
  EXPECT_EQ(parse(text + "\"x\":0}").as_object()->size(), 100'001u);
  EXPECT_NE(refusal(text + "\"key17\":0}").find("duplicate key \"key17\""), std::string::npos);
  JsonLimits limits{.duplicates = JsonLimits::Duplicates::last_wins};
  EXPECT_EQ(*parse(text + "\"key17\":0}", limits).find("key17"), Json(0));
}

TEST(Json, IsEdited) {
  Json json;
  json.set("a", 1);
  json.set("b", Json()).push("x");
  json.find("b")->push(2u);
  EXPECT_EQ(json.set("a", true), Json(true));
  EXPECT_EQ(dump_json(json), R"({"a":true,"b":["x",2]})");
  EXPECT_TRUE(json.erase("a"));
  EXPECT_FALSE(json.erase("a"));
  EXPECT_EQ(json.find("a"), nullptr);
  EXPECT_EQ(json.find("b")->find("x"), nullptr);
  EXPECT_FALSE(Json("text").erase("x"));
}

TEST(Json, GoEscapes) {
  EXPECT_EQ(dump_json(Json("\"\\/\b\f\n\r\t\x01\x1f\x7f")), R"("\"\\/\b\f\n\r\t\u0001\u001f)"
                                                            "\x7f\"");
  EXPECT_EQ(dump_json(Json("<&>\u2028\u2029é")), R"("<&>\u2028\u2029é")");
  EXPECT_EQ(dump_json(Json("<&>"), {.indent = "", .escape_html = true}), R"("\u003c\u0026\u003e")");
  EXPECT_EQ(dump_json(Json("a\xFF\xC3")), R"("a\ufffd\ufffd")");
  EXPECT_EQ(dump_json(Json(std::string("\0", 1))), R"("\u0000")");
}

TEST(Json, IndentsAsGo) {
  Json json = parse(R"({"a":[1,{"b":[]}],"c":{}})");
  EXPECT_EQ(dump_json(json, {.indent = "  ", .escape_html = false}),
            "{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n    }\n  ],\n  \"c\": {}\n}");
}

TEST(Json, NumbersAreWrittenShortestAndReadBackEqual) {
  EXPECT_EQ(dump_json(Json(0.1)), "0.1");
  EXPECT_EQ(dump_json(Json(100.0)), "100");
  EXPECT_EQ(dump_json(Json(UINT64_MAX)), "18446744073709551615");
  EXPECT_EQ(dump_json(Json(INT64_MIN)), "-9223372036854775808");
  EXPECT_EQ(dump_json(Json(std::nan(""))), "null");
  EXPECT_EQ(dump_json(Json(-std::numeric_limits<double>::infinity())), "null");
  for (double value : {1e-300, 1.2345678901234568e+20, 9.3e18, 1e15, 123456789012345.0, 1e300, -0.5, 5e-324}) {
    EXPECT_EQ(parse(dump_json(Json(value))).as_double(), value) << value;
  }
}

} // namespace
} // namespace oci
