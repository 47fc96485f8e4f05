#include "spec/image_record.h"

#include "base/files.h"
#include "support.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace oci::spec {
namespace {

constexpr const char* config_text =
    R"({"architecture":"amd64","os":"linux","config":{"Cmd":["sh"]},"rootfs":{"type":"layers","diff_ids":[]}})";

Descriptor manifest_descriptor() {
  Descriptor descriptor;
  descriptor.media_type = media::oci_manifest;
  descriptor.digest = *Digest::parse("sha256:" + std::string(64, 'a'));
  descriptor.size = 7;
  return descriptor;
}

TEST(ImageRecord, IsReadAsItWasWritten) {
  Scratch scratch;
  const Store store = Store::open_or_create(scratch.path("s"));
  const Descriptor manifest = manifest_descriptor();
  EXPECT_FALSE(read_image_record(store, manifest.digest));
  write_image_record(store, manifest, config_text);
  const auto record = read_image_record(store, manifest.digest);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->manifest.digest, manifest.digest);
  EXPECT_EQ(record->manifest.size, 7);
  EXPECT_EQ(record->config.config->cmd, std::vector<std::string>{"sh"});
}

TEST(ImageRecord, ADamagedOneCountsAsNone) {
  Scratch scratch;
  const Store store = Store::open_or_create(scratch.path("s"));
  const Descriptor manifest = manifest_descriptor();
  write_image_record(store, manifest, config_text);
  const std::string file = cat(".oci/images/sha256-", manifest.digest.hex(), ".json");
  for (const char* damage : {"", "{", "[]", R"({"manifest":{},"config":"{}"})", R"({"config":"{}"})"}) {
    write_file_atomic(store.layout().fd(), file, damage, 0600);
    EXPECT_FALSE(read_image_record(store, manifest.digest)) << damage;
  }
}

} // namespace
} // namespace oci::spec
