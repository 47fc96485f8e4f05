// Documents made to mislead, to exhaust or to crash: each is an ordinary error, or harmless.
#include "spec/image.h"
#include "spec/runtime_config.h"

#include "support.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

namespace oci::spec {
namespace {

using ::testing::HasSubstr;

std::string repeated(std::string_view part, std::size_t times) {
  std::string text;
  text.reserve(part.size() * times);
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

using Parser = void (*)(std::string_view);
const std::pair<const char*, Parser> parsers[] = {
    {"manifest", [](std::string_view text) { (void)parse_manifest(text, "d"); }},
    {"index", [](std::string_view text) { (void)parse_index(text, "d"); }},
    {"image config", [](std::string_view text) { (void)parse_image_config(text, "d"); }},
    {"kind", [](std::string_view text) { (void)document_kind(text, "", "d"); }},
    {"runtime config", [](std::string_view text) { (void)parse_runtime_config(text, "d"); }},
    {"process", [](std::string_view text) { (void)parse_process(text, "d"); }},
    {"resources", [](std::string_view text) { (void)parse_resources(text, "d"); }},
    {"seccomp", [](std::string_view text) { (void)parse_seccomp(text, "d"); }},
};

// What no parser may take.
TEST(HostileDocuments, AreErrorsToEveryParser) {
  const std::pair<const char*, std::string> documents[] = {
      {"empty", ""},
      {"blank", " \n"},
      {"byte order mark", "\xEF\xBB\xBF{}"},
      {"cut", R"({"schemaVersion": 2, "config": {"dig)"},
      {"more after the end", "{} {}"},
      {"NUL after the end", std::string("{}\0", 3)},
      {"hidden behind a NUL", std::string("{}\0{}", 5)},
      {"invalid UTF-8", "{\"a\": \"\xff\xfe\"}"},
      {"overlong UTF-8", "{\"a\": \"\xc0\xaf\"}"},
      {"lone surrogate", R"({"a": "\ud800"})"},
      {"control character", "{\"a\": \"\n\"}"},
      {"comment", "{} // x"},
      {"NaN", R"({"a": NaN})"},
      {"overflow", R"({"a": 1e999})"},
      {"deep arrays", repeated("[", 100'000)},
      {"deep objects", repeated(R"({"a":)", 100'000)},
      {"deep in a member", cat(R"({"x": )", repeated("[", 70), repeated("]", 70), "}")},
      {"many values", cat(R"({"x": [)", repeated("0,", 1'000'000), "0]}")},
      {"array", "[]"},
      {"string", R"("{}")"},
      {"number", "2"},
      {"null", "null"},
  };
  for (const auto& [parser_name, parse] : parsers)
    for (const auto& [document_name, text] : documents)
      EXPECT_NE(error_of([&, run = parse, &bytes = text] { run(bytes); }), "") << parser_name << ": " << document_name;
}

// Readers disagree on which of two members counts; so images may not hold them.
TEST(HostileDocuments, AmbiguousImagesAreRefused) {
  const std::string config = cat(R"("config": {"digest": ")", digest_a, R"(", "size": 1})");
  const std::string layer = cat(R"({"digest": ")", digest_b, R"(", "size": 1})");
  const std::string manifests[] = {
      cat(R"({"schemaVersion": 2, )", config, R"(, "layers": [], "layers": [)", layer, "]}"),
      cat(R"({"schemaVersion": 2, )", config, R"(, "layers": [], "LAYERS": [)", layer, "]}"),
      cat(R"({"schemaVersion": 2, )", config, R"(, "lay\u0065rs": [], "layers": [)", layer, "]}"),
      cat(R"({"schemaVersion": 2, )", config, R"(, "layers": [], "layer\u017f": [)", layer, "]}"),
      cat(R"({"schemaVersion": 2, )", config, R"(, "manifest\u017f": []})"),
      cat(R"({"schemaVersion": 2, )", config, ", ", config, "}"),
      cat(R"({"schemaVersion": 2, "schemaversion": 1, )", config, "}"),
      cat(R"({"schemaVersion": 2, )", config, R"(, "layers": [{"digest": ")", digest_b, R"(", "digest": ")", digest_a,
          R"(", "size": 1}]})"),
      cat(R"({"schemaVersion": 2, )", config, R"(, "layers": [], "manifests": []})"),
      cat(R"({"schemaVersion": 2, )", config, R"(, "annotations": {"a": "1", "a": "2"}})"),
  };
  for (const std::string& text : manifests) EXPECT_NE(error_of([&] { (void)parse_manifest(text, "m"); }), "") << text;
}

TEST(HostileDocuments, DigestsAreCheckedBeforeTheyArePaths) {
  const std::string upper = "sha256:" + std::string(64, 'A');
  for (const std::string& digest :
       {std::string("sha256:../../../../../../etc/passwd"), upper, std::string("sha256:"), std::string("sha256"),
        std::string(""), cat(digest_a, "a"), cat(digest_a, "/.."), cat("sha512:", std::string(64, 'a')),
        cat("../", digest_a), cat("md5:", std::string(32, 'a')), digest_a.substr(0, 70) + "\\u0000"}) {
    const std::string text = cat(R"({"schemaVersion": 2, "manifests": [{"digest": ")", digest, R"(", "size": 1}]})");
    EXPECT_THAT(error_of([&] { (void)parse_index(text, "i"); }), HasSubstr("manifests[0].digest: not a sha256"))
        << text;
  }
}

TEST(HostileDocuments, ErrorsCarryNoTerminalEscapes) {
  const char* texts[] = {
      R"({"schemaVersion": 2, "manifests": [{"digest": "\u001b]0;x\u0007", "size": 1}]})",
      R"({"schemaVersion": 2, "mediaType": "\u001b[2J", "manifests": []})",
      R"({"schemaVersion": 2, "manifests": [], "annotations": {"\u001b[31m": 1}})",
  };
  for (const char* text : texts) {
    const std::string message = error_of([&] { (void)parse_index(text, "i"); });
    EXPECT_THAT(message, HasSubstr("\\x1b"));
    EXPECT_EQ(message.find('\x1b'), std::string::npos);
  }
}

TEST(HostileDocuments, ErrorsStayShort) {
  const std::string huge(1'000'000, 'x');
  const std::string texts[] = {
      cat(R"({"schemaVersion": 2, "manifests": [{"digest": ")", huge, R"(", "size": 1}]})"),
      cat(R"({"schemaVersion": 2, "mediaType": ")", huge, R"(", "manifests": []})"),
      cat(R"({"schemaVersion": 2, "manifests": [], "annotations": {")", huge, R"(": 1}})"),
  };
  for (const std::string& text : texts) EXPECT_LT(error_of([&] { (void)parse_index(text, "i"); }).size(), 1000u);
}

long peak_kib() {
  struct rusage usage {};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

// The largest document there may be, filled with the cheapest values.
TEST(HostileDocuments, MemoryIsBounded) {
  const std::string text =
      cat(R"({"schemaVersion":2,"manifests":[)", repeated("0,", max_document_bytes / 2 - 50), "0]}");
  const long before = peak_kib();
  EXPECT_NE(error_of([&] { (void)parse_index(text, "i"); }), "");
  EXPECT_LT(peak_kib() - before, 100 * 1024);
}

// Every text cut anywhere, and with any one byte changed, is a document or an error.
TEST(HostileDocuments, DamageIsNoCrash) {
  const std::string text =
      cat(R"({"schemaVersion":2,"config":{"digest":")", digest_a, R"(","size":9007199254740992},"layers":[{"digest":")",
          digest_b, R"(","size":1,"annotations":{"a":"b"},"platform":{"os":"linux","architecture":"arm"}}]})");
  for (std::size_t at = 0; at < text.size(); ++at) {
    EXPECT_NE(error_of([&] { (void)parse_manifest(text.substr(0, at), "m"); }), "");
    for (char byte : {'\0', '"', '{', ']', ',', '\\', '-', '9', '\xff'}) {
      std::string damaged = text;
      damaged[at] = byte;
      (void)error_of([&] { (void)parse_manifest(damaged, "m"); });
    }
  }
}

// A config.json belongs to its user: what is odd there is taken as it stands.
TEST(HostileDocuments, RuntimeConfigTakesMembersOfAnyNumber) {
  std::string members;
  for (int i = 0; i < 5000; ++i) members += cat(R"(,"x)", i, R"(":)", i);
  const RuntimeConfig config = parse_runtime_config(cat(R"({"ociVersion":"1.0.0")", members, "}"), "c");
  EXPECT_EQ(config.extra.as_object()->size(), 5000u);
}

} // namespace
} // namespace oci::spec
