// Manifests, indexes and image configurations: what is accepted survives being written and read.
#include "spec/image.h"
#include "tests/fuzz/fuzz.h"

#include <string>

namespace {

template <class Parse>
void round_trip(std::string_view input, Parse parse) {
  try {
    const std::string once = oci::spec::to_text(parse(input, "input"));
    oci::fuzz::require(oci::spec::to_text(parse(once, "written")) == once, "a document written is read the same");
  } catch (const oci::Error&) {
    // refused as this kind; it may be another
  }
}

} // namespace

void oci::fuzz::target(std::string_view input) {
  round_trip(input, spec::parse_manifest);
  round_trip(input, spec::parse_index);
  round_trip(input, spec::parse_image_config);
}
