#include "runtime/creation.h"

namespace oci::runtime {

void create(const Settings& settings, const CreateOptions& options) {
  check_id(options.id);
  with_context(cat("create ", printable(options.id)), [&] {
    Creation creation(settings, options, true);
    sigset_t mask;
    sigprocmask(SIG_SETMASK, nullptr, &mask);
    creation.make(mask);
    creation.commit();
    creation.init().release();
  });
}

} // namespace oci::runtime
