#include "fetch/fetch.h"
#include "fetch/yaml.h"

#include <gtest/gtest.h>

namespace oci::fetch {
namespace {

TEST(Yaml, ScalarsAreTexts) {
  EXPECT_EQ(dump_json(parse_yaml("a: 1.0\nb: [true, '', ~]\nc:\nd: {e: &x [1], f: *x}\n", "f")),
            R"({"a":"1.0","b":["true","",null],"c":null,"d":{"e":["1"],"f":["1"]}})");
  EXPECT_TRUE(parse_yaml("", "f").is_null());
}

TEST(Yaml, RefusesWhatIsNone) {
  for (const char* text :
       {"a: [", "a: b: c", "a: 1\na: 2", "{[a]: b}", "a: 1\n---\nb: 2", "a: *x", "\xff", "a: \"\\q\""})
    EXPECT_THROW(parse_yaml(text, "f"), Error) << text;
}

TEST(Yaml, DoesNotGrow) {
  std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += cat("a", i, ": &a", i, " [");
    for (int j = 0; j < 9; ++j) bomb += (j ? "," : "") + before;
    bomb += "]\n";
  }
  EXPECT_THROW(parse_yaml(bomb, "f"), Error);
  EXPECT_THROW(parse_yaml("&a [*a]", "f"), Error);
  EXPECT_THROW(parse_yaml(std::string(1000, '['), "f"), Error);
}

TEST(SyncList, ReadsWhatSkopeoDocuments) {
  const auto list = parse_sync_list("registry.example.com:\n"
                                    "  images:\n"
                                    "    busybox: []\n"
                                    "    redis: [\"1.0\", 2.0]\n"
                                    "  images-by-tag-regex: {nginx: '^1\\.13\\.[12]-alpine-perl$'}\n"
                                    "  images-by-semver: {alpine: '>= 3.12.0'}\n"
                                    "  credentials: {username: john, password: this is a secret}\n"
                                    "  tls-verify: true\n"
                                    "  cert-dir: /etc/john/certs\n"
                                    "quay.io: {tls-verify: false, images: {coreos/etcd: [latest]}}\n",
                                    "f");
  ASSERT_EQ(list.size(), 2u);
  ASSERT_EQ(list[0].repositories.size(), 4u);
  EXPECT_EQ(list[0].repositories[0].name, "registry.example.com/busybox");
  EXPECT_EQ(list[0].repositories[0].choose({"a", "b"}), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(list[0].repositories[1].choose({"a"}), (std::vector<std::string>{"1.0", "2.0"}));
  EXPECT_EQ(list[0].repositories[2].choose({"1.13.1-alpine-perl", "1.13.1", "1x13.1-alpine-perl"}),
            (std::vector<std::string>{"1.13.1-alpine-perl"}));
  EXPECT_EQ(list[0].repositories[3].choose({"3.11", "3.12", "edge"}), (std::vector<std::string>{"3.12"}));
  EXPECT_EQ(list[0].credentials->password, "this is a secret");
  EXPECT_EQ(list[0].tls_verify, true);
  EXPECT_EQ(list[0].cert_dir, "/etc/john/certs");
  EXPECT_EQ(list[1].tls_verify, false);
  EXPECT_FALSE(list[1].credentials);
}

TEST(SyncList, SaysWhatIsWrong) {
  for (const char* text :
       {"[]", "r: 1", "r: {image: {}}", "r: {images: [a]}", "r: {images: {a: b}}", "r: {images-by-semver: {a: x.y}}",
        "r: {images-by-tag-regex: {a: '('}}", "r: {tls-verify: maybe}", "r: {credentials: {user: a}}",
        "r: {images-by-tag-regex: {a: []}}"})
    EXPECT_THROW(parse_sync_list(text, "f"), Error) << text;
}

} // namespace
} // namespace oci::fetch
