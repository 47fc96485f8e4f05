// oci spec: the template that runc's users know.
#include "cli/host_facts.h"
#include "cli/oci_verbs.h"

#include "base/error.h"
#include "base/files.h"
#include "base/sys.h"
#include "specgen/specgen.h"

#include <unistd.h>

namespace oci::cli {

namespace {

class Spec final : public Verb {
public:
  void declare(Command& command) override {
    command.option("-b,--bundle", "DIR", "write it into this folder (default the current one)", bundle_);
    command.flag("--rootless", "for a container without root's rights", rootless_);
    command.words(0, 0, {});
  }

  int run(const Globals&, const Command&, Words) override {
    const Fd bundle = check(sys::open(bundle_, O_PATH | O_DIRECTORY), "spec: open the bundle ", bundle_);
    if (sys::fstatat(bundle.get(), "config.json"))
      throw Error(cat("spec: file config.json exists in ", bundle_)).with_hint("remove it first");
    const bool cgroup2 = host_has_cgroup2_only();
    const spec::RuntimeConfig config = rootless_ ? specgen::runc_template_rootless(cgroup2, ::geteuid(), ::getegid())
                                                 : specgen::runc_template(cgroup2);
    write_file_atomic(bundle.get(), "config.json", specgen::config_text(config), 0644);
    return 0;
  }

private:
  std::string bundle_ = ".";
  bool rootless_ = false;
};

} // namespace

std::unique_ptr<Verb> make_spec() { return std::make_unique<Spec>(); }

} // namespace oci::cli
