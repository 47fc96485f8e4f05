// oci delete ID...
#include "cli/id_pattern.h"
#include "cli/oci_verbs.h"
#include "cli/runtime_options.h"

#include "base/error.h"
#include "base/log.h"

#include <optional>

namespace oci::cli {

namespace {

class Delete final : public Verb {
public:
  void declare(Command& command) override {
    command.flag("-f,--force", "kill it first when it runs; an unknown id is no error", force_);
    command.flag("-r,--regex", "ID is a regular expression: every container it matches", regex_);
    command.words(1, any_number, {"ID"});
    command.for_images_from(command.flags().size(), 1, 1);
  }

  int run(const Globals& globals, const Command&, Words words) override {
    const runtime::Settings settings = runtime_settings(globals);
    if (regex_) words = matching_ids(settings, words[0]);
    std::optional<Error> last;
    for (const std::string& id : words) { // one that cannot be removed does not keep the others
      if (last) log::report(*last);
      last.reset();
      try {
        runtime::remove(settings, id, force_);
      } catch (const Error& error) {
        last = error;
        failed_ = true;
      }
    }
    if (last) throw *last;
    return failed_ ? 1 : 0;
  }

private:
  bool force_ = false, regex_ = false, failed_ = false;
};

} // namespace

std::unique_ptr<Verb> make_delete() { return std::make_unique<Delete>(); }

} // namespace oci::cli
