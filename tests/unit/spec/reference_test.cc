#include "spec/reference.h"

#include "support.h"

#include <gmock/gmock.h>

namespace oci::spec {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string normal(std::string_view text) { return Reference::parse(text).text(); }
std::string error(std::string_view text) {
  return error_of([&] { (void)Reference::parse(text); });
}

std::string name_error(std::string_view text) {
  return error_of([&] { (void)ImageName::parse(text); });
}

TEST(Reference, Normalises) {
  EXPECT_EQ(normal("alpine"), "docker.io/library/alpine:latest");
  EXPECT_EQ(normal("alpine:3.20"), "docker.io/library/alpine:3.20");
  EXPECT_EQ(normal("foo/bar"), "docker.io/foo/bar:latest");
  EXPECT_EQ(normal("docker.io/alpine"), "docker.io/library/alpine:latest");
  EXPECT_EQ(normal("index.docker.io/alpine"), "docker.io/library/alpine:latest");
  EXPECT_EQ(normal("quay.io/a/b/c:x"), "quay.io/a/b/c:x");
  EXPECT_EQ(normal("quay.io/alpine"), "quay.io/alpine:latest");
  EXPECT_EQ(normal("localhost/a"), "localhost/a:latest");
  EXPECT_EQ(normal("localhost:5000/a:b"), "localhost:5000/a:b");
  EXPECT_EQ(normal("Host/a"), "Host/a:latest");
  EXPECT_EQ(normal("[::1]:5000/a"), "[::1]:5000/a:latest");
  EXPECT_EQ(normal("10.0.0.1/a"), "10.0.0.1/a:latest");
  EXPECT_EQ(normal("localhost:5000"), "docker.io/library/localhost:5000");
  EXPECT_EQ(normal("a__b/c--d.e_f"), "docker.io/a__b/c--d.e_f:latest");
  EXPECT_EQ(normal(cat("alpine@", digest_a)), cat("docker.io/library/alpine@", digest_a));
}

TEST(Reference, Parts) {
  const Reference reference = Reference::parse("localhost:5000/a/b:Tag_1.x-y");
  EXPECT_EQ(reference.registry, "localhost:5000");
  EXPECT_EQ(reference.repository, "a/b");
  EXPECT_EQ(reference.tag, "Tag_1.x-y");
  EXPECT_TRUE(reference.digest.empty());
  EXPECT_EQ(reference.name(), "localhost:5000/a/b");
  EXPECT_EQ(Reference::parse(cat("a@", digest_a)).tag, "");
}

TEST(Reference, Familiar) {
  auto familiar = [](std::string_view text) { return Reference::parse(text).familiar(); };
  EXPECT_EQ(familiar("alpine"), "alpine:latest");
  EXPECT_EQ(familiar("docker.io/library/alpine:3"), "alpine:3");
  EXPECT_EQ(familiar("docker.io/library/a/b"), "library/a/b:latest");
  EXPECT_EQ(familiar("foo/bar"), "foo/bar:latest");
  EXPECT_EQ(familiar("quay.io/library/a"), "quay.io/library/a:latest");
  EXPECT_EQ(familiar(cat("alpine@", digest_a)), cat("alpine@", digest_a));
}

TEST(Reference, LengthLimits) {
  EXPECT_EQ(Reference::parse(cat("a/", std::string(253, 'b'))).repository.size(), 255u);
  EXPECT_THAT(error(cat("a/", std::string(254, 'b'))), HasSubstr("at most 255 characters"));
  EXPECT_EQ(Reference::parse(cat("a:", std::string(128, 't'))).tag.size(), 128u);
  EXPECT_THAT(error(cat("a:", std::string(129, 't'))), HasSubstr("is no tag"));
}

TEST(Reference, RefusalsNameTheTextAndTheRule) {
  const std::pair<std::string, std::string> cases[] = {
      {"", "it is empty"},
      {"Alpine", "repository name must be lowercase"},
      {"foo/Bar", "repository name must be lowercase"},
      {std::string(64, 'a'), "64 hexadecimal digits are an id, not a name"},
      {cat("alpine:3@", digest_a), "with both a tag and digest are currently not supported"},
      {"alpine@sha256:abc", "after \"@\" stands sha256:"},
      {"alpine@md5:d41d8cd98f00b204e9800998ecf8427e", "after \"@\" stands sha256:"},
      {cat("alpine@sha256:", std::string(64, 'A')), "after \"@\" stands sha256:"},
      {"alpine:", "\"\" is no tag"},
      {"alpine:-x", "\"-x\" is no tag"},
      {"alpine:.x", "\".x\" is no tag"},
      {"alpine:a b", "\"a b\" is no tag"},
      {":tag", "the name is missing"},
      {cat("@", digest_a), "the name is missing"},
      {"a//b", "\"\" is no part of a repository's name"},
      {"/a", "\"\" is no part of a repository's name"},
      {"a/", "\"\" is no part of a repository's name"},
      {"a..b", "\"a..b\" is no part"},
      {"a___b", "\"a___b\" is no part"},
      {"a-", "\"a-\" is no part"},
      {"_a", "\"_a\" is no part"},
      {"a._b", "\"a._b\" is no part"},
      {"quay.io/../b", "\"..\" is no part"},
      {"../b", "\"..\" is no registry's host"},
      {"-host.io/a", "\"-host.io\" is no registry's host"},
      {"host:port/a", "\"host:port\" is no registry's host"},
      {"host:/a", "\"host:\" is no registry's host"},
      {"[::1/a", "\"[::1\" is no registry's host"},
      {"[]/a", ""},
      {"a b", "\"a b\" is no part"},
      {"al\npine", "al\\x0apine"},
  };
  for (const auto& [text, rule] : cases) {
    EXPECT_THAT(error(text), StartsWith("invalid reference format: \"")) << text;
    EXPECT_THAT(error(text), HasSubstr(rule)) << text;
  }
}

TEST(ImageName, Docker) {
  for (const char* text : {"alpine", "docker://alpine", "docker://docker.io/library/alpine:latest"}) {
    const ImageName name = ImageName::parse(text);
    EXPECT_EQ(name.transport, Transport::docker);
    EXPECT_EQ(name.text(), "docker://docker.io/library/alpine:latest");
  }
  EXPECT_EQ(ImageName::parse("foo:bar").reference->text(), "docker.io/library/foo:bar");
  EXPECT_EQ(ImageName::parse("docker:27").reference->text(), "docker.io/library/docker:27");
  EXPECT_EQ(ImageName::parse("dirk:1").reference->text(), "docker.io/library/dirk:1");
}

TEST(ImageName, Layouts) {
  ImageName name = ImageName::parse("oci:/a/b:docker.io/library/x:1");
  EXPECT_EQ(name.transport, Transport::oci);
  EXPECT_EQ(name.path, "/a/b");
  EXPECT_EQ(name.ref, "docker.io/library/x:1");
  EXPECT_EQ(name.text(), "oci:/a/b:docker.io/library/x:1");

  name = ImageName::parse("oci-archive:x.tar");
  EXPECT_EQ(name.transport, Transport::oci_archive);
  EXPECT_EQ(name.path, "x.tar");
  EXPECT_EQ(name.ref, "");
  EXPECT_EQ(name.text(), "oci-archive:x.tar");

  name = ImageName::parse("oci:layout:@2");
  EXPECT_EQ(name.index, 2u);
  EXPECT_EQ(name.text(), "oci:layout:@2");
  EXPECT_EQ(ImageName::parse("oci:layout:").ref, "");
  EXPECT_EQ(ImageName::parse("oci:l:a--b.c_d@e+f:g/h-i").ref, "a--b.c_d@e+f:g/h-i");
}

TEST(ImageName, Archives) {
  ImageName name = ImageName::parse("docker-archive:f.tar:alpine");
  EXPECT_EQ(name.path, "f.tar");
  EXPECT_EQ(name.reference->text(), "docker.io/library/alpine:latest");
  EXPECT_EQ(name.text(), "docker-archive:f.tar:docker.io/library/alpine:latest");
  EXPECT_FALSE(ImageName::parse("docker-archive:f.tar").reference);
  EXPECT_EQ(ImageName::parse("docker-archive:f.tar:@0").index, 0u);
}

TEST(ImageName, Others) {
  EXPECT_EQ(ImageName::parse("docker-daemon:alpine:3").text(), "docker-daemon:docker.io/library/alpine:3");
  EXPECT_EQ(ImageName::parse(cat("docker-daemon:", digest_a)).reference->digest.text(), digest_a);
  EXPECT_EQ(ImageName::parse(cat("docker-daemon:", digest_a)).text(), cat("docker-daemon:", digest_a));
  EXPECT_EQ(ImageName::parse("dir:/a:b").path, "/a:b");
}

TEST(ImageName, Refuses) {
  const std::pair<std::string, std::string> cases[] = {
      {"oci:", "the path is missing"},
      {"oci::ref", "the path is missing"},
      {"dir:", "the path is missing"},
      {"docker://", "it is empty"},
      {"oci:p:../x", "\"../x\" is no name of an image in a layout"},
      {"oci:p:a---b", "is no name"},
      {"oci:p:a\n", "\"a\\x0a\" is no name"},
      {"oci:p:@x", "the number of an image"},
      {"oci:p:@-1", "the number of an image"},
      {"oci:p:@18446744073709551616", "the number of an image"},
      {cat("docker-archive:f:a@", digest_a), "have no digest"},
      {"containers-storage:x", "the transport containers-storage: is not supported"},
      {"http://x", "http:// is no transport"},
      {"https://registry.example/x", "https:// is no transport"},
      {"./folder", "a path needs a transport"},
      {"/folder", "a path needs a transport"},
  };
  for (const auto& [text, rule] : cases) EXPECT_THAT(name_error(text), HasSubstr(rule)) << text;
}

TEST(ImageName, HasTransport) {
  for (const char* text : {"oci:x", "docker://x", "dir:x", "oci-archive:x", "docker-archive:x", "docker-daemon:x"})
    EXPECT_TRUE(has_transport(text)) << text;
  for (const char* text : {"alpine", "docker:27", "foo:bar", "ocix:1"}) EXPECT_FALSE(has_transport(text)) << text;
}

} // namespace
} // namespace oci::spec
