#include "spec/verified_blob.h"

#include "base/sys.h"
#include "support.h"

#include <array>
#include <gmock/gmock.h>

namespace oci::spec {
namespace {

using ::testing::HasSubstr;

std::string drain(Source& source, std::size_t step) {
  std::string text;
  std::vector<std::byte> buffer(step);
  while (const std::size_t count = source.read(buffer)) text += as_text(Bytes(buffer).first(count));
  return text;
}

std::string verified(std::string_view content, const Digest& digest, std::int64_t size, std::size_t step = 3) {
  StringSource inner{std::string(content)};
  VerifyingSource source(inner, digest, size, "blob x");
  const std::string text = drain(source, step);
  std::byte more{};
  EXPECT_EQ(source.read({&more, 1}), 0u); // the end stays the end
  return text;
}

TEST(VerifyingSource, PassesWhatIsRight) {
  EXPECT_EQ(verified("hello", digest_of("hello"), 5), "hello");
  EXPECT_EQ(verified("", digest_of(""), 0), "");
  EXPECT_EQ(verified("hello", digest_of("hello", "sha512"), 5, 100), "hello");
}

TEST(VerifyingSource, RefusesTheRest) {
  auto error = [](std::string_view content, const Digest& digest, std::int64_t size) {
    return error_of([&] { (void)verified(content, digest, size); });
  };
  EXPECT_EQ(error("hello", digest_of("hello"), 4), "blob x: more than the 4 bytes its descriptor says");
  EXPECT_EQ(error("hello", digest_of("hello"), 6), "blob x: ends after 5 of 6 bytes");
  EXPECT_EQ(error("hellO", digest_of("hello"), 5),
            cat("blob x: wrong digest: its content is ", digest_of("hellO").text()));
  EXPECT_EQ(error("x", digest_of(""), 0), "blob x: more than the 0 bytes its descriptor says");
}

struct ImageTest : ::testing::Test {
  Scratch scratch;
  Layout layout = Layout::open_or_create(scratch.path("l"));
  Platform amd64 = parse_platform("linux/amd64");

  Descriptor blob(std::string_view bytes, std::string_view media_type) {
    return write_blob(layout, bytes, std::string(media_type));
  }
  Descriptor manifest(std::size_t layers = 1, std::size_t diff_ids = 1,
                      std::string_view config_type = media::oci_config) {
    ImageConfig config;
    config.architecture = "amd64";
    config.os = "linux";
    config.rootfs.type = "layers";
    config.rootfs.diff_ids.assign(diff_ids, digest_of("layer"));
    Manifest made;
    made.config = blob(to_text(config), config_type);
    made.layers.assign(layers, blob("layer", media::oci_layer));
    return blob(to_text(made), media::oci_manifest);
  }
  Descriptor index(std::vector<Descriptor> entries) {
    Index made;
    made.manifests = std::move(entries);
    return blob(to_text(made), media::oci_index);
  }
  std::string error(const Descriptor& top) {
    return error_of([&] { (void)load_image(layout, top, amd64); });
  }
  void overwrite(const Descriptor& descriptor, std::string_view content) {
    write_file_atomic(layout.fd(), layout.blob_path(descriptor.digest), content, 0644);
  }
};

TEST_F(ImageTest, WritesBlobs) {
  const Descriptor written = blob("hello", "text/plain");
  EXPECT_EQ(written.digest, digest_of("hello"));
  EXPECT_EQ(written.size, 5);
  EXPECT_EQ(written.media_type, "text/plain");
  EXPECT_EQ(read_document(layout, written).bytes, "hello");
  EXPECT_EQ(sys::fstatat(layout.fd(), layout.blob_path(written.digest))->st_mode & 07777, 0644u);
  EXPECT_EQ(blob("hello", "text/plain").digest, written.digest); // again
}

TEST_F(ImageTest, WhatIsNotCommittedIsRemoved) {
  {
    BlobWriter writer(layout);
    writer.write(as_bytes("hello"));
  }
  EXPECT_TRUE(sys::unlinkat(layout.fd(), "blobs/sha256", AT_REMOVEDIR)) << "not empty";
}

TEST_F(ImageTest, WritingHealsADamagedBlob) {
  const Descriptor written = blob("hello", "text/plain");
  overwrite(written, "hellO");
  EXPECT_THAT(error_of([&] { (void)read_document(layout, written); }), HasSubstr("wrong digest"));
  (void)blob("hello", "text/plain");
  EXPECT_EQ(read_document(layout, written).bytes, "hello");
}

TEST_F(ImageTest, DocumentsAreLimited) {
  Descriptor huge = blob("x", "text/plain");
  huge.size = static_cast<std::int64_t>(max_document_bytes) + 1;
  EXPECT_THAT(error_of([&] { (void)read_document(layout, huge); }), HasSubstr("too many for a document"));
}

TEST_F(ImageTest, LoadsAManifest) {
  const Descriptor top = manifest();
  const Image image = load_image(layout, top, amd64);
  EXPECT_EQ(image.descriptor.digest, top.digest);
  EXPECT_EQ(image.manifest.layers.size(), 1u);
  EXPECT_EQ(image.config.architecture, "amd64");
  EXPECT_EQ(digest_of(image.manifest_blob.bytes), top.digest);
  EXPECT_EQ(digest_of(image.config_blob.bytes), image.manifest.config.digest);
}

TEST_F(ImageTest, FollowsIndexes) {
  Descriptor wanted = manifest(), other = manifest(2, 2);
  wanted.platform = amd64;
  other.platform = parse_platform("linux/arm64");
  const Image image = load_image(layout, index({other, index({other, wanted})}), amd64);
  EXPECT_EQ(image.descriptor.digest, wanted.digest);
}

TEST_F(ImageTest, UnknownPlatformIsNotFound) {
  Descriptor other = manifest();
  other.platform = parse_platform("linux/arm64");
  const Descriptor top = index({other});
  try {
    (void)load_image(layout, top, amd64);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.message(), HasSubstr("no image for linux/amd64"));
    EXPECT_EQ(error.exit_code(), 2);
  }
}

TEST_F(ImageTest, IndexesAreNotFollowedForEver) {
  Descriptor top = manifest();
  for (std::size_t i = 0; i < max_index_depth; ++i) top = index({top});
  EXPECT_EQ(error(top), "");
  EXPECT_THAT(error(index({top})), HasSubstr("indexes within indexes, more than 8 deep"));
}

TEST_F(ImageTest, LayersAndDiffIdsAgree) {
  EXPECT_THAT(error(manifest(2, 1)), HasSubstr(": 2 layers, but its config has 1 diff_ids"));
  EXPECT_THAT(error(manifest(0, 1)), HasSubstr(": 0 layers, but its config has 1 diff_ids"));
}

TEST_F(ImageTest, RefusesWhatIsNoImage) {
  EXPECT_THAT(error(manifest(1, 1, "application/vnd.example+json")), HasSubstr("no image but an artifact"));
  EXPECT_THAT(error(blob(R"({"schemaVersion": 1, "fsLayers": []})", "")),
              HasSubstr("schema 1 manifests are not supported"));
  EXPECT_THAT(error(blob("not json", media::oci_manifest)), HasSubstr(": line 1, column "));
}

// The descriptor that leads to a document says what it is (CVE-2021-41190).
TEST_F(ImageTest, RefusesAMediaTypeThatLies) {
  Descriptor top = manifest();
  top.media_type = media::oci_index;
  EXPECT_THAT(error(top), HasSubstr("layers: not allowed in an index"));

  Manifest made;
  made.media_type = media::docker_manifest;
  made.config = blob("{}", media::oci_config);
  EXPECT_THAT(error(blob(to_text(made), media::oci_manifest)), HasSubstr("was announced as"));
}

TEST_F(ImageTest, EveryByteIsChecked) {
  const Descriptor top = manifest();
  const Image image = load_image(layout, top, amd64);

  std::string bytes = image.config_blob.bytes;
  bytes[bytes.find("amd64")] = 'x';
  overwrite(image.manifest.config, bytes);
  EXPECT_THAT(error(top), HasSubstr(cat("blob ", image.manifest.config.digest.text(), ": wrong digest")));

  overwrite(top, image.manifest_blob.bytes + " ");
  EXPECT_THAT(error(top), HasSubstr("its descriptor says"));
  overwrite(top, image.manifest_blob.bytes.substr(1));
  EXPECT_THAT(error(top), HasSubstr("its descriptor says"));
}

} // namespace
} // namespace oci::spec
