// config.json, process.json and resources: read or refused.
#include "spec/runtime_config.h"
#include "tests/fuzz/fuzz.h"

#include <string>
#include <vector>

void oci::fuzz::target(std::string_view input) {
  std::vector<std::string> warnings;
  try {
    (void)spec::parse_process(input, "process.json", &warnings);
  } catch (const Error&) {
    // not a process; go on as a configuration
  }
  (void)spec::parse_runtime_config(input, "config.json", &warnings);
}
