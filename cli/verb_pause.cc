// oci pause ID, oci resume ID
#include "cli/oci_verbs.h"
#include "cli/runtime_options.h"

namespace oci::cli {

namespace {

class Freezing final : public Verb {
public:
  using Change = void (*)(const runtime::Settings&, const std::string&);
  Freezing(Change change, runtime::Status result) : change_(change), result_(result) {}

  void declare(Command& command) override { command.words(1, 1, {"ID"}); }

  int run(const Globals& globals, const Command&, Words words) override {
    const runtime::Settings settings = runtime_settings(globals);
    // To crun, what is so already is no error.
    if (globals.personality == Personality::crun && runtime::state(settings, words[0]).status == result_) return 0;
    change_(settings, words[0]);
    return 0;
  }

private:
  Change change_;
  runtime::Status result_;
};

} // namespace

std::unique_ptr<Verb> make_pause() { return std::make_unique<Freezing>(runtime::pause, runtime::Status::paused); }
std::unique_ptr<Verb> make_resume() { return std::make_unique<Freezing>(runtime::resume, runtime::Status::running); }

} // namespace oci::cli
