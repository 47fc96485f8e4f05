#include "spec/image.h"

#include "support.h"

#include <gmock/gmock.h>

namespace oci::spec {
namespace {

using ::testing::HasSubstr;

const std::string config_descriptor =
    cat(R"({"mediaType": "application/vnd.oci.image.config.v1+json", "digest": ")", digest_a, R"(", "size": 7})");

std::string manifest_with(std::string_view members) {
  return cat(R"({"schemaVersion": 2, "config": )", config_descriptor, members, "}");
}

std::string descriptor_with_size(std::string_view size) {
  return cat(R"({"schemaVersion": 2, "manifests": [{"digest": ")", digest_a, R"(", "size": )", size, "}]}");
}

std::string manifest_error(const std::string& text) {
  return error_of([&] { (void)parse_manifest(text, "m"); });
}
std::string index_error(const std::string& text) {
  return error_of([&] { (void)parse_index(text, "i"); });
}
std::string image_config_error(const std::string& text) {
  return error_of([&] { (void)parse_image_config(text, "c"); });
}

TEST(Manifest, RoundTrip) {
  const std::string layer =
      cat(R"({"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": ")", digest_b,
          R"(", "size": 9007199254740992, "urls": ["https://a/b"], "annotations": {"K": "1", "k": "2"}, "data": "aGk=",
              "artifactType": "t", "x-layer": {"a": 1}, "platform": {"architecture": "arm", "os": "linux",
              "os.version": "1", "os.features": ["f"], "variant": "v7", "x-platform": 1}})");
  const std::string subject = cat(R"({"mediaType": "m", "digest": ")", digest_c, R"(", "size": 0})");
  const std::string text = manifest_with(cat(
      R"(, "mediaType": "application/vnd.oci.image.manifest.v1+json", "artifactType": "application/x", "layers": [)",
      layer, R"(], "subject": )", subject, R"(, "annotations": {"a": "b"}, "x-top": [])"));

  const Manifest manifest = parse_manifest(text, "m");
  EXPECT_EQ(manifest.layers.at(0).size, std::int64_t{1} << 53);
  EXPECT_EQ(manifest.layers.at(0).platform->variant, "v7");
  EXPECT_EQ(manifest.subject->digest.text(), digest_c);
  EXPECT_EQ(canonical_text(to_text(manifest)), canonical_text(text));
}

TEST(Manifest, WritesAnEmptyListOfLayers) {
  const Manifest manifest = parse_manifest(manifest_with(R"(, "layers": null)"), "m");
  EXPECT_THAT(to_text(manifest), HasSubstr(R"("layers":[])"));
}

TEST(Manifest, Refuses) {
  const std::pair<std::string, std::string> cases[] = {
      {R"({"schemaVersion": 2, "layers": []})", "m: config: missing"},
      {cat(R"({"config": )", config_descriptor, "}"), "m: schemaVersion: missing"},
      {cat(R"({"schemaVersion": 1, "config": )", config_descriptor, "}"), "m: schemaVersion: must be 2, is 1"},
      {manifest_with(R"(, "mediaType": "application/vnd.oci.image.index.v1+json")"),
       "m: mediaType: \"application/vnd.oci.image.index.v1+json\" is not that of a manifest"},
      {manifest_with(R"(, "manifests": [])"), "m: manifests: not allowed in a manifest"},
      {manifest_with(R"(, "Manifests": [])"), "m: manifests: not allowed in a manifest"},
      {manifest_with(R"(, "fsLayers": [])"), "m: fsLayers: not allowed in a manifest"},
      {manifest_with(R"(, "layers": [], "Layers": [{}])"), "m: Layers: differs only in case from \"layers\""},
      {manifest_with(R"(, "layers": [{"digest": "sha256:abc", "size": 1}])"),
       "m: layers[0].digest: not a sha256 or sha512 digest: \"sha256:abc\""},
      {manifest_with(R"(, "layers": [{"digest": "sha256:../../../../etc/passwd", "size": 1}])"),
       "m: layers[0].digest: not a sha256 or sha512 digest: \"sha256:../../../../etc/passwd\""},
      {manifest_with(cat(R"(, "layers": [{"digest": ")", digest_a, R"("}])")), "m: layers[0].size: missing"},
      {manifest_with(cat(R"(, "layers": [{"digest": ")", digest_a, R"(", "size": 1, "Size": 2}])")),
       "m: layers[0].Size: differs only in case from \"size\""},
      {manifest_with(R"(, "annotations": {"a": 1})"), "m: annotations[\"a\"]: expected a string, got a number"},
  };
  for (const auto& [text, message] : cases) EXPECT_EQ(manifest_error(text), message);
}

TEST(Manifest, RefusesMoreLayersThanAnImageHas) {
  const std::string layer = cat(R"({"digest":")", digest_a, R"(","size":1})");
  auto with_layers = [&](std::size_t count) {
    std::string layers = layer;
    for (std::size_t i = 1; i < count; ++i) layers += cat(",", layer);
    return manifest_with(cat(R"(,"layers":[)", layers, "]"));
  };
  EXPECT_EQ(parse_manifest(with_layers(max_layers), "m").layers.size(), max_layers);
  EXPECT_EQ(manifest_error(with_layers(max_layers + 1)), "m: layers: 4097 of them, at most 4096 are allowed");
}

TEST(Descriptor, SizesAreWholeAndPossible) {
  EXPECT_EQ(parse_index(descriptor_with_size("9007199254740992"), "i").manifests.at(0).size, std::int64_t{1} << 53);
  for (const char* size : {"-1", "9007199254740993", "18446744073709551615", "1e30", "9223372036854775808"})
    EXPECT_EQ(index_error(descriptor_with_size(size)), "i: manifests[0].size: out of range") << size;
  EXPECT_EQ(index_error(descriptor_with_size("1.5")), "i: manifests[0].size: must be a whole number");
  EXPECT_EQ(index_error(descriptor_with_size("\"1\"")), "i: manifests[0].size: expected a number, got a string");
}

TEST(Descriptor, IsParsedAlone) {
  const Descriptor descriptor =
      parse_descriptor(parse_json(cat(R"({"digest": ")", digest_a, R"(", "size": 3})"), "d"), "d");
  EXPECT_EQ(dump_json(to_json(descriptor)), cat(R"({"digest":")", digest_a, R"(","size":3})"));
}

TEST(Index, Refuses) {
  const std::pair<std::string, std::string> cases[] = {
      {R"({"schemaVersion": 2, "manifests": [], "layers": []})", "i: layers: not allowed in an index"},
      {R"({"schemaVersion": 2, "manifests": [], "Config": {}})", "i: config: not allowed in an index"},
      {R"({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "manifests": []})",
       "i: mediaType: \"application/vnd.oci.image.manifest.v1+json\" is not that of an index"},
      {R"({"schemaVersion": 2, "manifests": {}})", "i: manifests: expected an array, got an object"},
      {R"({"schemaVersion": 2, "manifests": [null]})", "i: manifests[0]: expected an object, got null"},
  };
  for (const auto& [text, message] : cases) EXPECT_EQ(index_error(text), message);
}

TEST(Index, RefusesWhatIsTooLarge) {
  std::string text = R"({"schemaVersion": 2, "manifests": []})";
  text.append(max_document_bytes, ' ');
  EXPECT_EQ(index_error(text), "i: larger than 4.0 MiB");
}

constexpr std::string_view image_config = R"json({
  "created": "2015-10-31T22:22:56.015925234Z", "author": "A <a@example.org>", "architecture": "arm64", "variant": "v8",
  "os": "linux", "os.version": "1", "os.features": ["f"],
  "config": {"User": "alice", "ExposedPorts": {"80/tcp": {}, "53/udp": {}}, "Env": ["PATH=/bin"],
             "Entrypoint": ["/bin/app"], "Cmd": ["--help"], "Volumes": {"/data": {}}, "WorkingDir": "/w",
             "Labels": {"a": "b", "A": "c"}, "StopSignal": "SIGKILL", "Hostname": "", "Healthcheck": {"Test": ["CMD"]}},
  "rootfs": {"type": "layers", "diff_ids": ["sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]},
  "history": [{"created": "2015-10-31T22:22:54Z", "created_by": "/bin/sh -c #(nop) ADD", "comment": "c", "author": "a"},
              {"created_by": "CMD", "empty_layer": true, "x": 1}],
  "docker_version": "20.10", "container_config": {"Cmd": null}
})json";

TEST(ImageConfig, RoundTrip) {
  const ImageConfig config = parse_image_config(image_config, "c");
  EXPECT_EQ(canonical_text(to_text(config)), canonical_text(image_config));
  EXPECT_EQ(canonical(to_json(config)), canonical_text(image_config));
  EXPECT_EQ(config.config->exposed_ports.keys, (std::vector<std::string>{"80/tcp", "53/udp"}));
  EXPECT_EQ(config.config->labels.at("A"), "c");
  EXPECT_TRUE(config.history.at(1).empty_layer);
}

// Docker writes null for what is empty.
TEST(ImageConfig, TakesDockersNulls) {
  const ImageConfig config = parse_image_config(
      R"({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": null}, "history": null,
          "config": {"Cmd": null, "Entrypoint": null, "Env": null, "Labels": null, "Volumes": null,
                     "ExposedPorts": {"80/tcp": null}}})",
      "c");
  EXPECT_TRUE(config.config->cmd.empty());
  EXPECT_EQ(config.config->exposed_ports.keys.at(0), "80/tcp");
}

TEST(ImageConfig, Refuses) {
  const std::pair<std::string, std::string> cases[] = {
      {R"({"architecture": "a", "os": "linux"})", "c: rootfs: missing"},
      {R"({"rootfs": {"diff_ids": []}})", "c: rootfs.type: must be \"layers\", is \"\""},
      {R"({"rootfs": {"type": "base", "diff_ids": []}})", "c: rootfs.type: must be \"layers\", is \"base\""},
      {R"({"rootfs": {"type": "layers", "diff_ids": ["x"]}})",
       "c: rootfs.diff_ids[0]: not a sha256 or sha512 digest: \"x\""},
      {R"({"config": {"env": ["A=1"]}, "rootfs": {"type": "layers"}})",
       "c: config.env: differs only in case from \"Env\""},
      {R"({"config": {"Volumes": ["/a"]}, "rootfs": {"type": "layers"}})",
       "c: config.Volumes: expected an object, got an array"},
      {R"({"config": {"Volumes": {"/a": 1}}, "rootfs": {"type": "layers"}})",
       "c: config.Volumes[\"/a\"]: expected an object, got a number"},
  };
  for (const auto& [text, message] : cases) EXPECT_EQ(image_config_error(text), message);
}

TEST(DocumentKind, FromMediaTypeOrBody) {
  const std::string manifest = manifest_with(R"(, "layers": [])");
  const std::string index = R"({"schemaVersion": 2, "manifests": []})";
  EXPECT_EQ(document_kind(manifest, media::oci_manifest, "d"), DocumentKind::manifest);
  EXPECT_EQ(document_kind(manifest, media::docker_manifest, "d"), DocumentKind::manifest);
  EXPECT_EQ(document_kind(index, media::docker_list, "d"), DocumentKind::index);
  for (const char* unknown : {"", "text/plain", "application/json", "application/octet-stream"}) {
    EXPECT_EQ(document_kind(manifest, unknown, "d"), DocumentKind::manifest);
    EXPECT_EQ(document_kind(index, unknown, "d"), DocumentKind::index);
    EXPECT_EQ(document_kind(R"({"schemaVersion": 1, "fsLayers": []})", unknown, "d"), DocumentKind::schema1);
  }
  EXPECT_EQ(document_kind(R"({"schemaVersion": 1})", media::docker_schema1_signed, "d"), DocumentKind::schema1);
  EXPECT_EQ(document_kind(manifest_with(cat(R"(, "mediaType": ")", media::oci_manifest, "\"")), "", "d"),
            DocumentKind::manifest);
}

TEST(DocumentKind, RefusesWhatReadersCouldDisagreeOn) {
  auto error = [](std::string_view text, std::string_view media_type) {
    return error_of([&] { (void)document_kind(text, media_type, "d"); });
  };
  EXPECT_THAT(error(R"({"schemaVersion": 2, "manifests": [], "layers": []})", ""),
              HasSubstr("both a manifest and an index"));
  EXPECT_THAT(error(R"({"schemaVersion": 2, "manifests": [], "config": {}})", media::oci_index),
              HasSubstr("both a manifest and an index"));
  EXPECT_THAT(error(R"({"schemaVersion": 2, "manifests": [], "LAYERS": []})", ""),
              HasSubstr("both a manifest and an index"));
  EXPECT_EQ(error(manifest_with(cat(R"(, "mediaType": ")", media::oci_manifest, "\"")), media::oci_index),
            "d: says its media type is \"application/vnd.oci.image.manifest.v1+json\", but was announced as "
            "\"application/vnd.oci.image.index.v1+json\"");
  EXPECT_THAT(error(manifest_with(""), "application/vnd.oci.image.layer.v1.tar"),
              HasSubstr("is neither a manifest's nor an index's"));
  EXPECT_EQ(error("{}", ""), "d: neither a manifest nor an index");
  EXPECT_EQ(error("[]", ""), "d: expected an object, got array");
  EXPECT_EQ(error(R"({"mediaType": 1})", ""), "d: mediaType: expected a string");
}

TEST(MediaTypes, Layers) {
  using media::Compression;
  EXPECT_EQ(media::layer_compression(media::oci_layer), Compression::none);
  EXPECT_EQ(media::layer_compression(media::docker_layer_gzip), Compression::gzip);
  EXPECT_EQ(media::layer_compression(media::oci_layer_zstd), Compression::zstd);
  EXPECT_EQ(media::layer_compression("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"),
            Compression::gzip);
  EXPECT_EQ(media::layer_compression(media::oci_config), std::nullopt);
  EXPECT_TRUE(media::is_foreign_layer("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"));
  EXPECT_FALSE(media::is_foreign_layer(media::oci_layer));
}

} // namespace
} // namespace oci::spec
