#include "cli/go_template.h"

#include "base/error.h"

#include <gmock/gmock.h>

namespace oci::cli {
namespace {

const Json& image() {
  static const Json data = go_struct(
      {{"Name", ""},
       {"Tag", ""},
       {"Os", "linux"},
       {"Created", go_time("2021-03-04T05:06:07.120Z")},
       {"Labels", Json::Object{{"b", "2"}, {"a", "<1>"}}},
       {"LayersData", Json::Array{go_struct({{"Digest", "sha256:x"}, {"Size", 92}, {"Annotations", go_nil("map[]")}})}},
       {"Env", Json::Array{"A=1", "B=2"}}},
      {"Name", "Tag"});
  return data;
}

std::string filled(std::string_view text) { return fill_go_template(text, image()); }

std::string failure(std::string_view text) {
  try {
    filled(text);
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

TEST(GoTemplate, StructsPrintWithoutNamesAndMapsWithThem) {
  EXPECT_EQ(filled("{{.}}"),
            "{  linux 2021-03-04 05:06:07.12 +0000 UTC map[a:<1> b:2] [{sha256:x 92 map[]}] [A=1 B=2]}");
}

TEST(GoTemplate, JsonLeavesOutWhatGoDoes) {
  EXPECT_EQ(filled("{{json .}}"),
            R"({"Os":"linux","Created":"2021-03-04T05:06:07.120Z","Labels":{"b":"2","a":"<1>"},)"
            R"("LayersData":[{"Digest":"sha256:x","Size":92,"Annotations":null}],"Env":["A=1","B=2"]})");
}

TEST(GoTemplate, TimesHaveMethods) {
  EXPECT_EQ(filled("{{.Created.Year}} {{.Created.Month}} {{.Created.Day}} {{.Created.Unix}}"),
            "2021 March 4 1614834367");
  EXPECT_EQ(filled(R"({{.Created.Format "Mon, 02 Jan 2006 15:04:05 -0700"}})"), "Thu, 04 Mar 2021 05:06:07 +0000");
  EXPECT_EQ(filled(R"({{.Created.Format "3:04PM Z07:00"}})"), "5:06AM Z");
  EXPECT_EQ(fill_go_template("{{.}} {{.Unix}}", go_time("2021-03-04T05:06:07-02:30")),
            "2021-03-04 05:06:07 -0230 -0230 1614843367");
  EXPECT_EQ(fill_go_template("{{.}}", go_time("yesterday")), "yesterday");
}

TEST(GoTemplate, QuotesHoldEscapes) { EXPECT_EQ(filled(R"({{"a\tb"}}{{`\t`}})"), "a\tb\\t"); }

TEST(GoTemplate, PrintfHasWidths) {
  EXPECT_EQ(filled(R"({{printf "%-6s|%6.3s|%q|%d%%" .Os .Os .Os 7}})"), "linux |   lin|\"linux\"|7%");
  EXPECT_THAT(failure(R"({{printf "%T" .Os}})"), testing::HasSubstr("printf has no %T"));
}

TEST(GoTemplate, Functions) {
  EXPECT_EQ(filled("{{slice .Os 1 3}} {{title .Os}} {{gt 2 1}} {{le 2 1}} {{lt .Os \"z\"}}"),
            "in Linux true false true");
  EXPECT_THAT(failure("{{slice .Os 9}}"), testing::HasSubstr("out of range"));
  EXPECT_EQ(filled("{{range .Env}}{{println .}}{{end}}"), "A=1\nB=2\n");
}

TEST(GoTemplate, WhatIsNilIsEmpty) {
  const Json nil = go_struct({{"Labels", go_nil("map[]")}, {"Created", Json()}});
  EXPECT_EQ(fill_go_template("{{.}} {{len .Labels}} {{if .Labels}}yes{{end}}{{range .Labels}}x{{end}}{{json .}}", nil),
            R"({map[] <nil>} 0 {"Labels":null,"Created":null})");
  EXPECT_EQ(fill_go_template("{{index .Labels \"a\"}}|{{.Labels.a}}", nil), "|<no value>");
}

TEST(GoTemplate, AStructKnowsItsFields) {
  EXPECT_THAT(failure("{{.Nope}}"), testing::HasSubstr("can't evaluate field Nope"));
  EXPECT_THAT(failure("{{.os}}"), testing::HasSubstr("can't evaluate field os"));
  EXPECT_EQ(filled("{{.Labels.none}}"), "<no value>");
}

} // namespace
} // namespace oci::cli
