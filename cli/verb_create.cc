// oci create ID
#include "cli/oci_verbs.h"
#include "cli/runtime_options.h"

namespace oci::cli {

namespace {

class Create final : public Verb {
public:
  void declare(Command& command) override {
    flags_.declare(command);
    command.words(1, 1, {"ID"});
  }

  int run(const Globals& globals, const Command&, Words words) override {
    runtime::create(runtime_settings(globals), flags_.for_id(words[0]));
    return 0;
  }

private:
  CreateFlags flags_;
};

} // namespace

std::unique_ptr<Verb> make_create() { return std::make_unique<Create>(); }

} // namespace oci::cli
