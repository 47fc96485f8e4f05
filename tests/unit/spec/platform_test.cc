#include "spec/image.h"

#include "support.h"

namespace oci::spec {
namespace {

Descriptor entry(std::string_view platform, std::string_view tag, bool zstd = false) {
  Descriptor descriptor;
  descriptor.media_type = tag;
  if (!platform.empty()) {
    const std::vector<std::string> parts = split(platform, '/');
    descriptor.platform.emplace();
    descriptor.platform->os = parts.at(0);
    descriptor.platform->architecture = parts.at(1);
    if (parts.size() > 2) descriptor.platform->variant = parts.at(2);
  }
  if (zstd) descriptor.annotations["io.github.containers.compression.zstd"] = "true";
  return descriptor;
}

Index index_of(std::vector<Descriptor> entries) {
  Index index;
  index.manifests = std::move(entries);
  return index;
}

std::string chosen(const Index& index, std::string_view platform) {
  const Descriptor* descriptor = choose_platform(index, parse_platform(platform));
  return descriptor ? descriptor->media_type : "none";
}

TEST(Platform, Parse) {
  EXPECT_EQ(platform_text(parse_platform("linux/amd64")), "linux/amd64");
  EXPECT_EQ(platform_text(parse_platform("arm64")), "linux/arm64");
  EXPECT_EQ(platform_text(parse_platform("linux/arm/v7")), "linux/arm/v7");
  EXPECT_EQ(platform_text(parse_platform("Linux/X86_64")), "linux/amd64");
  EXPECT_EQ(platform_text(parse_platform("aarch64")), "linux/arm64");
  EXPECT_EQ(platform_text(parse_platform("armhf")), "linux/arm/v7");
  EXPECT_EQ(platform_text(parse_platform("windows/amd64")), "windows/amd64");
  EXPECT_EQ(platform_text(parse_platform("linux")), platform_text(host_platform()));
}

TEST(Platform, Refuses) {
  for (const char* text : {"", "/", "linux/", "/amd64", "linux/arm/v7/x", "linux amd64", "linux/am\x1b[1md64"})
    EXPECT_NE(error_of([&] { (void)parse_platform(text); }), "") << text;
  EXPECT_EQ(error_of([] { (void)parse_platform("linux/"); }), "\"linux/\" is no platform");
}

TEST(Platform, HostIsLinux) {
  EXPECT_EQ(host_platform().os, "linux");
  EXPECT_FALSE(host_platform().architecture.empty());
}

TEST(ChoosePlatform, FirstMatchWins) {
  const Index index =
      index_of({entry("windows/amd64", "win"), entry("linux/amd64", "first"), entry("linux/amd64", "second")});
  EXPECT_EQ(chosen(index, "linux/amd64"), "first");
  EXPECT_EQ(chosen(index, "windows/amd64"), "win");
  EXPECT_EQ(chosen(index, "linux/s390x"), "none");
}

TEST(ChoosePlatform, VariantsFallBack) {
  const Index arm = index_of({entry("linux/arm/v5", "v5"), entry("linux/arm/v6", "v6"), entry("linux/arm/v7", "v7")});
  EXPECT_EQ(chosen(arm, "linux/arm/v8"), "v7");
  EXPECT_EQ(chosen(arm, "linux/arm/v7"), "v7");
  EXPECT_EQ(chosen(arm, "linux/arm/v6"), "v6");
  EXPECT_EQ(chosen(arm, "linux/arm"), "v7");
  const Index arm64 = index_of({entry("linux/arm64", "plain"), entry("linux/arm64/v8", "v8")});
  EXPECT_EQ(chosen(arm64, "linux/arm64"), "plain");
  EXPECT_EQ(chosen(arm64, "linux/arm64/v8"), "v8");
  EXPECT_EQ(chosen(arm64, "linux/arm64/v9"), "plain");
  EXPECT_EQ(chosen(index_of({entry("linux/amd64/v3", "v3"), entry("linux/amd64", "plain")}), "linux/amd64"), "plain");
}

TEST(ChoosePlatform, PrefersZstdAmongEquals) {
  const Index index = index_of({entry("linux/amd64", "gzip"), entry("linux/amd64", "zstd", true),
                                entry("linux/amd64", "zstd2", true), entry("linux/arm64", "arm", true)});
  EXPECT_EQ(chosen(index, "linux/amd64"), "zstd");
}

TEST(ChoosePlatform, UnnamedPlatformIsTheLastResort) {
  const Index index =
      index_of({entry("", "unnamed"), entry("unknown/unknown", "attestation"), entry("linux/amd64", "amd64")});
  EXPECT_EQ(chosen(index, "linux/amd64"), "amd64");
  EXPECT_EQ(chosen(index, "linux/arm64"), "unnamed");
}

} // namespace
} // namespace oci::spec
