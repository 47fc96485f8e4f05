#include "base/error.h"
#include "runtime/runtime.h"
#include "runtime/state.h"

namespace oci::runtime {

void pause(const Settings& settings, const std::string& id) {
  with_context(cat("pause ", printable(id)), [&] {
    const StateFolder folder = StateFolder::open(settings.root, id, StateFolder::Lock::exclusive);
    const Record record = folder.record();
    const Status status = folder.status(record);
    if (status != Status::running && status != Status::created)
      fail("container not running: it is ", status_name(status));
    Cgroup::open(record.cgroup)->freeze();
  });
}

void resume(const Settings& settings, const std::string& id) {
  with_context(cat("resume ", printable(id)), [&] {
    const StateFolder folder = StateFolder::open(settings.root, id, StateFolder::Lock::exclusive);
    const Record record = folder.record();
    const Status status = folder.status(record);
    if (status != Status::paused) fail("container not paused: it is ", status_name(status));
    Cgroup::open(record.cgroup)->thaw();
  });
}

} // namespace oci::runtime
