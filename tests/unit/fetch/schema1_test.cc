#include "fetch/schema1.h"

#include <gtest/gtest.h>

namespace oci::fetch {
namespace {

const std::string blob_a = "sha256:" + std::string(64, 'a'), blob_b = "sha256:" + std::string(64, 'b');

std::string document(const std::string& layers, const std::string& history, const std::string& more = "") {
  return R"({"schemaVersion":1,"architecture":"arm64","fsLayers":[)" + layers + R"(],"history":[)" + history + "]" +
         more + "}";
}

std::string layer(const std::string& digest) { return R"({"blobSum":")" + digest + R"("})"; }
std::string step(const std::string& fields) { return R"({"v1Compatibility":"{)" + fields + R"(}"})"; }

TEST(Schema1, TheBaseIsFirst) {
  const Schema1 image = parse_schema1(document(layer(blob_b) + "," + layer(blob_a),
                                               step(R"(\"throwaway\":true)") + "," + step(R"(\"comment\":\"base\")")),
                                      "x");
  ASSERT_EQ(image.layers.size(), 2u);
  EXPECT_EQ(image.layers[0].blob.text(), blob_a);
  EXPECT_FALSE(image.layers[0].throwaway);
  EXPECT_TRUE(image.layers[1].throwaway);
}

TEST(Schema1, RefusesWhatDoesNotFit) {
  for (const std::string& text :
       {std::string("[]"), std::string("{"), std::string(R"({"schemaVersion":2})"), document("", ""),
        document(layer(blob_a), ""), document(layer("sha256:../x"), step("")), document("{}", step("")),
        document(layer(blob_a), "{}"), document(layer(blob_a), R"({"v1Compatibility":"[]"})"),
        document(layer(blob_a), R"({"v1Compatibility":{}})"), document(layer(blob_a), step(""), R"(,"fsLayers":[])")})
    EXPECT_THROW(parse_schema1(text, "x"), Error) << text;
}

TEST(Schema1, TheConfigIsTheNewestWithTheHistoryOfAll) {
  const Schema1 image = parse_schema1(
      document(layer(blob_b) + "," + layer(blob_a),
               step(R"(\"id\":\"2\",\"parent\":\"1\",\"os\":\"linux\",\"config\":{\"Env\":[\"A=<b>\"]})") + "," +
                   step(R"(\"created\":\"2014\",\"container_config\":{\"Cmd\":[\"sh\",\"-c\"]})")),
      "x");
  EXPECT_EQ(schema2_config(image, {*Digest::parse(blob_a)}),
            R"({"architecture":"arm64","config":{"Env":["A=\u003cb\u003e"]},)"
            R"("history":[{"created":"2014","created_by":"sh -c"},{}],"os":"linux",)"
            R"("rootfs":{"type":"layers","diff_ids":[")" +
                blob_a + R"("]}})");
}

TEST(Schema1, ThePayloadIsWhatWasSigned) {
  // {"formatLength":19,"formatTail":"fQo"}
  const std::string good = R"({"protected":"eyJmb3JtYXRMZW5ndGgiOjE5LCJmb3JtYXRUYWlsIjoiZlFvIn0"})";
  const std::string text = R"({"schemaVersion": 1,"signatures":[)" + good + "]}\n";
  EXPECT_EQ(schema1_payload(text, "x"), "{\"schemaVersion\": 1}\n");
  EXPECT_EQ(schema1_payload(R"({"schemaVersion": 1})", "x"), std::nullopt);
  EXPECT_EQ(schema1_payload(R"({"schemaVersion": 2,"signatures":[1]})", "x"), std::nullopt);
  EXPECT_EQ(schema1_payload(R"({"schemaVersion": 1,"signatures":[]})", "x"), std::nullopt);
}

TEST(Schema1, RefusesSignaturesOfNothing) {
  // {"formatLength":99999,"formatTail":"fQo"} and {"formatLength":-1,"formatTail":"fQo"}
  for (const std::string& bad :
       {std::string(R"({"protected":"eyJmb3JtYXRMZW5ndGgiOjk5OTk5LCJmb3JtYXRUYWlsIjoiZlFvIn0"})"),
        std::string(R"({"protected":"eyJmb3JtYXRMZW5ndGgiOi0xLCJmb3JtYXRUYWlsIjoiZlFvIn0"})"),
        std::string(R"({"protected":"%"})"), std::string(R"({"protected":"e30"})"), std::string("{}"),
        std::string("1")})
    EXPECT_THROW(schema1_payload(R"({"schemaVersion": 1,"signatures":[)" + bad + "]}", "x"), Error) << bad;
}

} // namespace
} // namespace oci::fetch
