#include "runtime/removal.h"

#include "base/sys.h"
#include "runtime/hooks.h"

#include <sys/mount.h>

namespace oci::runtime {

void unmount(const std::vector<std::string>& mounts) {
  for (auto mount = mounts.rbegin(); mount != mounts.rend(); ++mount) {
    if (umount2(mount->c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) < 0 && errno != EINVAL && errno != ENOENT)
      fail_errno(Errno{errno}, cat("unmount ", *mount));
  }
}

std::vector<spec::Hook> poststop_hooks(const StateFolder& folder) {
  if (!folder.has(config_file)) return {};
  const std::string text = folder.config();
  // Most configs have none, and are not worth reading for it.
  if (text.find("poststop") == text.npos && text.find("\\u") == text.npos) return {};
  const spec::RuntimeConfig config = spec::parse_runtime_config(text, config_file);
  return config.hooks ? config.hooks->poststop : std::vector<spec::Hook>();
}

void remove_locked(StateFolder& folder, const Record& record, const std::vector<spec::Hook>& poststop) {
  Cgroup::open(record.cgroup)->destroy();
  unmount(record.mounts);
  folder.remove();
  if (!poststop.empty()) run_hooks_warning("poststop", poststop, hook_state(record, Status::stopped));
}

} // namespace oci::runtime
