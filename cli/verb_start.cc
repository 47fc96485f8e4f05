// oci start ID
#include "cli/oci_verbs.h"
#include "cli/runtime_options.h"

namespace oci::cli {

namespace {

class Start final : public Verb {
public:
  void declare(Command& command) override { command.words(1, 1, {"ID"}); }

  int run(const Globals& globals, const Command&, Words words) override {
    runtime::start(runtime_settings(globals), words[0], caller_variable("NOTIFY_SOCKET"));
    return 0;
  }
};

} // namespace

std::unique_ptr<Verb> make_start() { return std::make_unique<Start>(); }

} // namespace oci::cli
