// oci pull IMAGE
#include "cli/image_verbs.h"
#include "cli/pull_options.h"

#include "fetch/fetch.h"

#include <cstdio>

namespace oci::cli {

namespace {

class Pull final : public Verb {
public:
  void declare(Command& command) override {
    options_.declare(command);
    command.words(1, 1, {"IMAGE"});
  }

  int run(const Globals& globals, const Command&, Words words) override {
    spec::Store store = spec::Store::open_or_create(spec::Store::locate(globals.store));
    const spec::Image image = pull_image(store, words[0], options_);
    std::printf("%s\n", image.descriptor.digest.text().c_str());
    return 0;
  }

private:
  PullFlags options_;
};

} // namespace

std::unique_ptr<Verb> make_pull() { return std::make_unique<Pull>(); }

} // namespace oci::cli
