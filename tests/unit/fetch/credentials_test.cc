#include "base/base64.h"
#include "fetch/credentials.h"

#include <cstdlib>
#include <gtest/gtest.h>

namespace oci::fetch {
namespace {

std::string auth(std::string_view text) { return cat(R"({"auth":")", base64_encode(text), R"("})"); }

std::optional<Credentials> find(const std::string& file, const std::string& registry, const std::string& repository,
                                bool legacy = false) {
  return credentials_in(parse_json(file, "file"), legacy, registry, repository, "file");
}

TEST(Base64, BothWays) {
  EXPECT_EQ(base64_encode(""), "");
  EXPECT_EQ(base64_encode("f"), "Zg==");
  EXPECT_EQ(base64_encode("fo"), "Zm8=");
  EXPECT_EQ(base64_encode("foobar"), "Zm9vYmFy");
  for (std::string_view text : {"", "f", "fo", "foo", "user:pass word\xff\x01"}) {
    EXPECT_EQ(base64_decode(base64_encode(text)), text);
  }
  for (std::string_view text : {"Z", "Zg", "Zg=", "Zg===", "Z!==", "====", "Zm9v\n"})
    EXPECT_FALSE(base64_decode(text)) << text;
}

TEST(Credentials, FromTheCommandLine) {
  EXPECT_EQ(parse_credentials("me:a:b").user, "me");
  EXPECT_EQ(parse_credentials("me:a:b").password, "a:b");
  EXPECT_EQ(parse_credentials("me").password, "");
  EXPECT_THROW(parse_credentials(""), Error);
  EXPECT_THROW(parse_credentials(":secret"), Error);
  try {
    parse_credentials(":secret");
  } catch (const Error& error) {
    EXPECT_EQ(error.message().find("secret"), std::string::npos);
  }
}

TEST(Credentials, TheLongestKeyWins) {
  std::string file =
      cat(R"({"auths":{"h":)", auth("host:1"), R"(,"h/a":)", auth("a:2"), R"(,"h/a/b":)", auth("ab:3"), "}}");
  EXPECT_EQ(find(file, "h", "a/b")->user, "ab");
  EXPECT_EQ(find(file, "h", "a/c")->user, "a");
  EXPECT_EQ(find(file, "h", "ab")->user, "host");
  EXPECT_EQ(find(file, "h", "x")->password, "1");
  EXPECT_FALSE(find(file, "h2", "a/b"));
  EXPECT_FALSE(find(file, "h:443", "a/b"));
}

TEST(Credentials, DockerHubHasManyNames) {
  for (std::string_view key : {"docker.io", "index.docker.io", "registry-1.docker.io", "https://index.docker.io/v1/"}) {
    std::string file = cat(R"({"auths":{")", key, R"(":)", auth("me:x"), "}}");
    EXPECT_TRUE(find(file, "docker.io", "library/alpine")) << key;
    EXPECT_FALSE(find(file, "quay.io", "library/alpine")) << key;
  }
}

TEST(Credentials, KeysWithASchemeStandForTheHost) {
  std::string file = cat(R"({"auths":{"https://h:5000/v2/":)", auth("me:x"), R"(,"other/ns":)", auth("no:x"), "}}");
  EXPECT_TRUE(find(file, "h:5000", "a"));
  EXPECT_FALSE(find(file, "h", "a"));
  EXPECT_FALSE(find(file, "other", "elsewhere"));
}

TEST(Credentials, OtherForms) {
  EXPECT_EQ(find(R"({"auths":{"h":{"username":"u","password":"p"}}})", "h", "a")->password, "p");
  EXPECT_EQ(find(cat(R"({"h":)", auth("u:p"), "}"), "h", "a", true)->user, "u");
  EXPECT_EQ(find(cat(R"({"auths":{"h":)", auth(std::string_view("u:p\0\0", 5)), "}}"), "h", "a")->password, "p");
  EXPECT_FALSE(find(R"({"auths":{"h":{}}})", "h", "a"));
  EXPECT_FALSE(find(R"({"auths":{}})", "h", "a"));
  EXPECT_THROW(find(R"({"auths":[]})", "h", "a"), Error);
  EXPECT_FALSE(find("[]", "h", "a"));
}

TEST(Credentials, ErrorsDoNotHoldThem) {
  for (const std::string& bad :
       {std::string(R"({"auths":{"h":{"auth":"c2VjcmV0"}}})"), std::string(R"({"auths":{"h":{"auth":"secret!"}}})")}) {
    try {
      find(bad, "h", "a");
      FAIL() << bad;
    } catch (const Error& error) {
      EXPECT_EQ(error.message().find("secret"), std::string::npos);
      EXPECT_EQ(error.message().find("c2Vj"), std::string::npos);
      EXPECT_NE(error.message().find("file"), std::string::npos);
    }
  }
}

TEST(Credentials, WhichFiles) {
  setenv("HOME", "/home/me", 1);
  unsetenv("XDG_CONFIG_HOME");
  unsetenv("DOCKER_CONFIG");
  unsetenv("REGISTRY_AUTH_FILE");
  setenv("XDG_RUNTIME_DIR", "/run/user/1", 1);
  unsetenv("SUDO_UID");
  std::vector<AuthFile> files = auth_files("");
  ASSERT_EQ(files.size(), 4u);
  EXPECT_EQ(files[0].path, "/run/user/1/containers/auth.json");
  EXPECT_EQ(files[1].path, "/home/me/.config/containers/auth.json");
  EXPECT_EQ(files[2].path, "/home/me/.docker/config.json");
  EXPECT_EQ(files[3].path, "/home/me/.dockercfg");
  EXPECT_TRUE(files[3].legacy);
  unsetenv("XDG_RUNTIME_DIR");
  EXPECT_TRUE(auth_files("")[0].path.starts_with("/run/containers/"));
  setenv("REGISTRY_AUTH_FILE", "/x", 1);
  ASSERT_EQ(auth_files("").size(), 1u);
  EXPECT_EQ(auth_files("")[0].path, "/x");
  EXPECT_EQ(auth_files("/y")[0].path, "/y");
  EXPECT_TRUE(auth_files("/y")[0].required);
  unsetenv("REGISTRY_AUTH_FILE");
}

} // namespace
} // namespace oci::fetch
