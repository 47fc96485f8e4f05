#include "fetch/registries.h"

#include "base/error.h"

#include <gmock/gmock.h>

namespace oci::fetch {
namespace {

using testing::ElementsAre;

Registries read(std::string_view text) {
  Registries registries;
  registries.add(text, "conf");
  return registries;
}

std::vector<std::string> places(const Registries& registries, std::string_view name) {
  std::vector<std::string> texts;
  for (const RegistryPlace& place : registries.places(spec::Reference::parse(name)))
    texts.push_back(cat(place.reference.text(), place.is_mirror ? " mirror" : "", place.insecure ? " insecure" : ""));
  return texts;
}

std::string failure(std::string_view text) {
  try {
    read(text);
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

const std::string digest = "@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(Registries, WithoutAWordAnImageIsWhereItsNameSays) {
  EXPECT_THAT(places(Registries(), "alpine"), ElementsAre("docker.io/library/alpine:latest"));
}

TEST(Registries, TheLongestPrefixDecidesByWholeComponents) {
  const Registries registries = read(R"(
[[registry]]
location = "example.com"
insecure = true
[[registry]]
prefix = "example.com/a"
location = "other.net/b"
[[registry]]
prefix = "example.com/a/c:1"
location = "third.net/d:2"
)");
  EXPECT_THAT(places(registries, "example.com/x:1"), ElementsAre("example.com/x:1 insecure"));
  EXPECT_THAT(places(registries, "example.com/a/c:3"), ElementsAre("other.net/b/c:3"));
  EXPECT_THAT(places(registries, "example.com/a/c:1"), ElementsAre("third.net/d:2"));
  EXPECT_THAT(places(registries, "example.com/ab:1"), ElementsAre("example.com/ab:1 insecure"));
  EXPECT_THAT(places(registries, "example.com:5000/a:1"), ElementsAre("example.com:5000/a:1 insecure"));
  EXPECT_THAT(places(registries, "example.community/a:1"), ElementsAre("example.community/a:1"));
  EXPECT_THAT(places(registries, "example.com/a" + digest), ElementsAre("other.net/b" + digest));
}

TEST(Registries, AStarStandsForTheFirstPartsOfAHost) {
  const Registries registries = read(R"(
[[registry]]
prefix = "*.example.com"
location = "mirror.net/all"
[[registry]]
prefix = "*.open.example.com"
insecure = true
)");
  EXPECT_THAT(places(registries, "a.b.example.com/x:1"), ElementsAre("mirror.net/all/x:1"));
  EXPECT_THAT(places(registries, "a.open.example.com/x:1"), ElementsAre("a.open.example.com/x:1 insecure"));
  EXPECT_THAT(places(registries, "example.com/x:1"), ElementsAre("example.com/x:1"));
  EXPECT_THAT(places(registries, "badexample.com/x:1"), ElementsAre("badexample.com/x:1"));
}

TEST(Registries, AStarStandsForHostsWhateverTheirPort) {
  const Registries registries = read(R"(
[[registry]]
prefix = "*.0.0.1"
location = "other.net"
insecure = true
[[registry]]
prefix = "*.example.com:81"
location = "third.net"
)");
  EXPECT_THAT(places(registries, "127.0.0.1/a:1"), ElementsAre("other.net/a:1 insecure"));
  EXPECT_THAT(places(registries, "127.0.0.1:5000/a:1"), ElementsAre("other.net:5000/a:1 insecure"));
  EXPECT_THAT(places(registries, "b.example.com:81/a:1"), ElementsAre("third.net/a:1"));
  EXPECT_THAT(places(registries, "b.example.com:82/a:1"), ElementsAre("b.example.com:82/a:1"));
}

TEST(Registries, MirrorsComeFirstWhenTheyTakeSuchNames) {
  const Registries registries = read(R"(
[[registry]]
prefix = "docker.io"
location = "docker.io"
[[registry.mirror]]
location = "one.net/hub"
insecure = true
[[registry.mirror]]
location = "two.net"
pull-from-mirror = "digest-only"
[[registry.mirror]]
location = "three.net"
pull-from-mirror = "tag-only"
)");
  EXPECT_THAT(places(registries, "alpine:3"),
              ElementsAre("one.net/hub/library/alpine:3 mirror insecure", "three.net/library/alpine:3 mirror",
                          "docker.io/library/alpine:3"));
  EXPECT_THAT(places(registries, "alpine" + digest),
              ElementsAre("one.net/hub/library/alpine" + digest + " mirror insecure",
                          "two.net/library/alpine" + digest + " mirror", "docker.io/library/alpine" + digest));
}

TEST(Registries, ALaterFileCountsPrefixByPrefix) {
  Registries registries =
      read("[[registry]]\nlocation = 'a.net'\nblocked = true\n[[registry]]\nlocation = 'b.net'\nblocked = true\n");
  registries.add("[[registry]]\nlocation = 'a.net'\n", "later");
  EXPECT_THAT(places(registries, "a.net/x:1"), ElementsAre("a.net/x:1"));
  EXPECT_THROW(places(registries, "b.net/x:1"), Error);
  EXPECT_THROW((void)registries.is_insecure(spec::Reference::parse("b.net/x:1")), Error);
}

TEST(Registries, ShortNamesHaveAliasesOrAListToSearch) {
  const Registries registries = read(R"(
unqualified-search-registries = ["one.net", "two.net"]
[aliases]
"fedora" = "registry.fedoraproject.org/fedora"
)");
  EXPECT_THAT(registries.names_of("fedora"), ElementsAre("registry.fedoraproject.org/fedora"));
  EXPECT_THAT(registries.names_of("fedora:40"), ElementsAre("registry.fedoraproject.org/fedora:40"));
  EXPECT_THAT(registries.names_of("x/y:1"), ElementsAre("one.net/x/y:1", "two.net/x/y:1"));
  EXPECT_THAT(Registries().names_of("x"), ElementsAre());
}

TEST(Registries, WhatIsWrongIsNamedWithItsLine) {
  EXPECT_EQ(failure("[[registry]]\nlocation = 5\n"), "conf:2: location: not a string");
  EXPECT_EQ(failure("[[registry]]\nlocation = 'http://a'\n"), "conf:2: location \"http://a\": not HOST[:PORT][/PATH]");
  EXPECT_EQ(failure("[[registry]]\nlocation = 'a'\ninsecure = 'yes'\n"), "conf:3: insecure: neither true nor false");
  EXPECT_EQ(failure("[[registry]]\n"), "conf:1: a registry without prefix and location");
  EXPECT_THAT(failure("[[registry]]\nprefix = 'a.*.b'\nlocation = 'c'\n"), testing::HasSubstr("a star stands only"));
  EXPECT_THAT(failure("[registries.search]\nregistries = []\n"), testing::HasSubstr("version 1"));
  EXPECT_THAT(failure("a = \n"), testing::StartsWith("conf:1: "));
  EXPECT_THAT(failure("[[registry]]\nlocation = 'a'\n[[registry.mirror]]\nlocation = 'b'\npull-from-mirror = 'x'\n"),
              testing::StartsWith("conf:5: pull-from-mirror \"x\""));
  EXPECT_NE(failure(std::string(100'000, '[')), "");
}

} // namespace
} // namespace oci::fetch
