// oci kill ID [SIGNAL]
#include "cli/id_pattern.h"
#include "cli/oci_verbs.h"
#include "cli/runtime_options.h"

#include "base/error.h"

namespace oci::cli {

namespace {

class Kill final : public Verb {
public:
  void declare(Command& command) override {
    command.flag("-a,--all", "signal every process of the container", all_);
    command.flag("-r,--regex", "ID is a regular expression: every container it matches", regex_);
    command.words(1, 2, {"ID", "SIGNAL"});
    command.numbers_are_words();
  }

  int run(const Globals& globals, const Command&, Words words) override {
    std::string name = words.size() > 1 ? words[1] : "TERM";
    if (name.starts_with('-')) name.erase(0, 1); // as kill(1) writes it
    const auto signal = runtime::signal_number(name);
    if (!signal) fail("kill ", words[0], ": ", printable(words[1]), " is no signal: a name such as TERM or a number");
    const runtime::Settings settings = runtime_settings(globals);
    for (const std::string& id : regex_ ? matching_ids(settings, words[0]) : Words{words[0]})
      runtime::kill(settings, id, *signal, all_);
    return 0;
  }

private:
  bool all_ = false, regex_ = false;
};

} // namespace

std::unique_ptr<Verb> make_kill() { return std::make_unique<Kill>(); }

} // namespace oci::cli
