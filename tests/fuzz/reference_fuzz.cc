// Image names: what is accepted is written the same way again.
#include "spec/reference.h"
#include "tests/fuzz/fuzz.h"

void oci::fuzz::target(std::string_view input) {
  const spec::ImageName name = spec::ImageName::parse(input);
  require(spec::ImageName::parse(name.text()).text() == name.text(), "a name's text names the same");
}
