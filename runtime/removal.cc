#include "runtime/removal.h"

#include "base/sys.h"
#include "runtime/hooks.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

namespace oci::runtime {

std::uint64_t mount_of(const std::string& path) {
  struct statx status = {};
  return ::statx(AT_FDCWD, path.c_str(), 0, STATX_MNT_ID, &status) == 0 ? status.stx_mnt_id : 0;
}

void uncover(const Record& record) {
  if (record.covered_mount == 0) return;
  const std::uint64_t mount = mount_of(record.rootfs);
  if (mount == 0 || mount == record.covered_mount) return;
  if (umount2(record.rootfs.c_str(), MNT_DETACH) < 0) fail_errno(Errno{errno}, cat("unmount ", record.rootfs));
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
  uncover(record);
  folder.remove();
  if (!poststop.empty()) run_hooks_warning("poststop", poststop, hook_state(record, Status::stopped));
}

} // namespace oci::runtime
