#include "spec/reachable.h"

#include "spec/verified_blob.h"
#include "support.h"

#include <gmock/gmock.h>

namespace oci::spec {
namespace {

using ::testing::HasSubstr;

struct Images {
  Scratch scratch;
  Layout layout = Layout::open_or_create(scratch.path("layout"));

  Descriptor blob(std::string_view text, std::string_view type = "") const {
    return write_blob(layout, text, std::string(type));
  }
  Descriptor manifest(const Descriptor& layer, std::optional<Descriptor> subject = {}) const {
    Manifest made;
    made.config = blob("{}", media::oci_config);
    made.layers = {layer};
    made.subject = std::move(subject);
    return blob(to_text(made), media::oci_manifest);
  }
  Descriptor index(std::vector<Descriptor> manifests) const {
    Index made;
    made.manifests = std::move(manifests);
    return blob(to_text(made), media::oci_index);
  }
  bool reaches(const Descriptor& root, const Descriptor& leaf) const {
    return reachable(layout, {&root, 1}).contains(leaf.digest);
  }
};

TEST(Reachable, GoesThroughIndexesManifestsAndSubjects) {
  const Images images;
  const Descriptor layer = images.blob("layer", media::oci_layer), base = images.blob("base", media::oci_layer);
  const Descriptor root = images.index({images.index({images.manifest(layer, images.manifest(base))})});
  EXPECT_TRUE(images.reaches(root, layer));
  EXPECT_TRUE(images.reaches(root, base));
  EXPECT_FALSE(images.reaches(root, images.blob("other", media::oci_layer)));
}

TEST(Reachable, TellsByContentWhatHasNoType) {
  const Images images;
  const Descriptor layer = images.blob("layer", media::oci_layer);
  Descriptor untyped = images.index({images.manifest(layer)});
  untyped.media_type.clear();
  EXPECT_TRUE(images.reaches(untyped, layer));
  const Descriptor plain = images.blob("no document");
  EXPECT_EQ(reachable(images.layout, {&plain, 1}).size(), 1U);
}

TEST(Reachable, NamesWhatIsMissingAndGoesOn) {
  const Images images;
  const Descriptor layer = images.blob("layer", media::oci_layer);
  Descriptor missing = layer;
  missing.media_type = media::oci_manifest;
  missing.digest = *Digest::parse(digest_a);
  const Descriptor root = images.index({missing, images.manifest(layer)});
  EXPECT_TRUE(images.reaches(root, missing));
  EXPECT_TRUE(images.reaches(root, layer));
}

TEST(Reachable, RefusesADocumentThatIsNotWhatItsDescriptorSays) {
  const Images images;
  Descriptor root = images.manifest(images.blob("layer", media::oci_layer));
  root.size += 1;
  EXPECT_THAT(error_of([&] { reachable(images.layout, {&root, 1}); }), HasSubstr("its descriptor says"));
}

} // namespace
} // namespace oci::spec
