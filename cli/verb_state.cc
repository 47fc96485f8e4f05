// oci state ID
#include "cli/oci_verbs.h"
#include "cli/runtime_options.h"

#include <cstdio>

namespace oci::cli {

namespace {

class State final : public Verb {
public:
  void declare(Command& command) override { command.words(1, 1, {"ID"}); }

  int run(const Globals& globals, const Command&, Words words) override {
    const Json state = runtime::to_json(runtime::state(runtime_settings(globals), words[0]));
    std::printf("%s\n", dump_json(state, {.indent = "  ", .escape_html = false}).c_str());
    return 0;
  }
};

} // namespace

std::unique_ptr<Verb> make_state() { return std::make_unique<State>(); }

} // namespace oci::cli
