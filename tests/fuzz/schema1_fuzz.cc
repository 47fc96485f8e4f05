// Docker's schema 1: whatever is read as one has a configuration that is JSON, and a payload no longer than itself.
#include "fetch/schema1.h"
#include "tests/fuzz/fuzz.h"

namespace {

void convert(std::string_view input) {
  const oci::fetch::Schema1 image = oci::fetch::parse_schema1(input, "input");
  const std::string config = oci::fetch::schema2_config(image, {image.layers.front().blob});
  oci::fuzz::require(oci::parse_json(config, "config").find("rootfs") != nullptr, "a configuration has its layers");
}

} // namespace

void oci::fuzz::target(std::string_view input) {
  try {
    const auto payload = fetch::schema1_payload(input, "input");
    if (payload) fuzz::require(payload->size() <= 2 * input.size(), "what was signed is within the text");
    convert(payload ? std::string_view(*payload) : input);
  } catch (const Error&) {
    // refused
  }
}
