// oci pause ID, oci resume ID
#include "cli/oci_verbs.h"
#include "cli/runtime_options.h"

namespace oci::cli {

namespace {

class Freezing final : public Verb {
public:
  using Change = void (*)(const runtime::Settings&, const std::string&);
  explicit Freezing(Change change) : change_(change) {}

  void declare(Command& command) override { command.words(1, 1, {"ID"}); }

  int run(const Globals& globals, const Command&, Words words) override {
    change_(runtime_settings(globals), words[0]);
    return 0;
  }

private:
  Change change_;
};

} // namespace

std::unique_ptr<Verb> make_pause() { return std::make_unique<Freezing>(runtime::pause); }
std::unique_ptr<Verb> make_resume() { return std::make_unique<Freezing>(runtime::resume); }

} // namespace oci::cli
