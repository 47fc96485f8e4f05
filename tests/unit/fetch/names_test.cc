#include "fetch/docker_archive_source.h"
#include "fetch/layout_entry.h"

#include <gtest/gtest.h>

namespace oci::fetch {
namespace {

const Digest some_digest = *Digest::parse("sha256:" + std::string(64, 'a'));

spec::Descriptor entry(const std::string& ref) {
  spec::Descriptor descriptor;
  descriptor.digest = some_digest;
  if (!ref.empty()) descriptor.annotations[std::string(spec::ref_name_annotation)] = ref;
  return descriptor;
}

int exit_code_of(const spec::Index& index, std::string_view name) {
  try {
    choose_entry(index, spec::ImageName::parse(name));
    return 0;
  } catch (const Error& error) {
    return error.exit_code();
  }
}

TEST(LayoutEntry, IsChosenByNameNumberOrBecauseItIsAlone) {
  spec::Index one, two, none, twice;
  one.manifests = {entry("")};
  two.manifests = {entry("a"), entry("b:1")};
  twice.manifests = {entry("a"), entry("a")};
  EXPECT_EQ(exit_code_of(one, "oci:x"), 0);
  EXPECT_EQ(exit_code_of(two, "oci:x"), 1);
  EXPECT_EQ(exit_code_of(two, "oci:x:b:1"), 0);
  EXPECT_EQ(exit_code_of(two, "oci:x:c"), 2);
  EXPECT_EQ(exit_code_of(two, "oci:x:@1"), 0);
  EXPECT_EQ(exit_code_of(two, "oci:x:@2"), 2);
  EXPECT_EQ(exit_code_of(none, "oci:x"), 2);
  EXPECT_EQ(exit_code_of(twice, "oci:x:a"), 1);
  EXPECT_EQ(exit_code_of(twice, "oci:x:@0"), 0);
}

TEST(StoreName, IsTheReferenceOrMadeFromTheFile) {
  EXPECT_EQ(store_name_of(entry("alpine:3.20"), "x"), "docker.io/library/alpine:3.20");
  EXPECT_EQ(store_name_of(entry("quay.io/a/b"), "x"), "quay.io/a/b:latest");
  EXPECT_EQ(store_name_of(entry("latest"), "/srv/My Image.tar.gz"), "localhost/my-image:latest");
  EXPECT_EQ(store_name_of(entry("3.20"), "debian"), "localhost/debian:3.20");
  EXPECT_EQ(store_name_of(entry(""), "/"), "localhost/image:latest");
  EXPECT_EQ(store_name_of(entry("no/Good:x"), "y.oci.tar"), "localhost/y:latest");
  EXPECT_EQ(store_name_of(entry("../../etc"), ".tar"), "localhost/tar:latest");
  EXPECT_EQ(store_name_of(entry("x\n"), "y"), "localhost/y:latest");
  EXPECT_EQ(store_name_of(entry(cat("a/b@sha256:", std::string(64, 'a'))), "y"),
            cat("docker.io/a/b@", some_digest.text()));
  EXPECT_EQ(store_name_of(entry(cat("a/b@sha256:", std::string(64, 'b'))), "y"), "localhost/y:latest");
  spec::Reference::parse(local_name(std::string(5000, 'x'), std::string(500, 'y')));
}

TEST(StoreName, ContainerdsAnnotationCounts) {
  spec::Descriptor descriptor = entry("latest");
  descriptor.annotations["io.containerd.image.name"] = "docker.io/library/busybox:latest";
  EXPECT_EQ(store_name_of(descriptor, "x"), "docker.io/library/busybox:latest");
}

TEST(SavedImages, AreReadStrictly) {
  auto images =
      parse_saved_images(R"([{"Config":"c","RepoTags":null,"Layers":["l"]},{"Config":"d","RepoTags":["a:1"]}])", "m");
  ASSERT_EQ(images.size(), 2u);
  EXPECT_EQ(images[0].layers[0], "l");
  EXPECT_TRUE(images[1].layers.empty());
  for (std::string_view bad : {"", "{}", "[1]", R"([{"Config":1}])", R"([{"Config":"c","Layers":"l"}])",
                               R"([{"Config":"c","Layers":[1]}])", R"([{"Layers":[]}])", "[null]"}) {
    EXPECT_THROW(parse_saved_images(bad, "m"), Error) << bad;
  }
}

TEST(SavedImages, AreChosenByTagNumberOrBecauseAlone) {
  std::vector<SavedImage> images{{"a", {"foo/bar:1", "x y"}, {}}, {"b", {"docker.io/library/c:2"}, {}}};
  auto choose = [&](std::string_view name) { return choose_saved_image(images, spec::ImageName::parse(name)).config; };
  EXPECT_EQ(choose("docker-archive:f:docker.io/foo/bar:1"), "a");
  EXPECT_EQ(choose("docker-archive:f:c:2"), "b");
  EXPECT_EQ(choose("docker-archive:f:@1"), "b");
  EXPECT_THROW(choose("docker-archive:f"), Error);
  EXPECT_THROW(choose("docker-archive:f:c:3"), Error);
  EXPECT_THROW(choose("docker-archive:f:@2"), Error);
}

} // namespace
} // namespace oci::fetch
