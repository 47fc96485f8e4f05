// oci features
#include "cli/oci_verbs.h"

#include "runtime/runtime.h"

#include <cstdio>

namespace oci::cli {

namespace {

class Features final : public Verb {
public:
  void declare(Command& command) override { command.words(0, 0, {}); }

  int run(const Globals&, const Command&, Words) override {
    std::printf("%s\n", dump_json(runtime::features(), {.indent = "  "}).c_str());
    return 0;
  }
};

} // namespace

std::unique_ptr<Verb> make_features() { return std::make_unique<Features>(); }

} // namespace oci::cli
