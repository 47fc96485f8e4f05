// root and mounts: the engine's, the user's, and the image's volumes.
#include "specgen/mount_flags.h"
#include "specgen/templates.h"

#include "base/files.h"

#include <algorithm>
#include <set>

namespace oci::specgen {

namespace {

using Mounts = std::vector<spec::Mount>;

Mounts::iterator find_mount(Mounts& mounts, std::string_view destination) {
  return std::find_if(mounts.begin(), mounts.end(), [&](const spec::Mount& m) { return m.destination == destination; });
}

bool is_beneath(std::string_view path, std::string_view folder) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

void set_shm_size(Draft& draft) {
  if (!draft.request.shm_size) return;
  const std::string& text = *draft.request.shm_size;
  const std::int64_t bytes = parse_bytes("--shm-size", text);
  if (bytes == 0) refuse("--shm-size", text, "must be more than nothing");
  const auto shm = find_mount(draft.config.mounts, "/dev/shm");
  if (shm == draft.config.mounts.end()) refuse("--shm-size", text, "there is no /dev/shm of the container's own");
  std::vector<std::string>& options = shm->options;
  auto size =
      std::find_if(options.begin(), options.end(), [](const auto& option) { return option.starts_with("size="); });
  if (size == options.end()) size = options.insert(options.end(), "");
  draft.set(cat("mounts[/dev/shm].options[", size - options.begin(), "]"), *size, cat("size=", bytes),
            from_flag("--shm-size"));
}

// In the host's ipc namespace POSIX shared memory is the host's as well.
void share_shm(Draft& draft) {
  if (draft.request.ipc != "host") return;
  if (draft.request.shm_size) refuse("--shm-size", *draft.request.shm_size, "does not go with --ipc host");
  const auto shm = find_mount(draft.config.mounts, "/dev/shm");
  if (shm == draft.config.mounts.end()) return;
  shm->type = "bind";
  shm->source = "/dev/shm";
  shm->options = {"rbind", "nosuid", "noexec", "nodev", "rprivate"};
  draft.note("mounts[/dev/shm]", from_flag("--ipc"));
}

std::vector<WantedMount> users_mounts(Draft& draft) {
  const Request& request = draft.request;
  const bool recursive = draft.kernel_at_least(5, 12);
  std::vector<WantedMount> wanted;
  for (const std::string& text : request.volume)
    wanted.push_back(parse_volume(text, request.folder, recursive, draft.warnings));
  for (const std::string& text : request.mount) wanted.push_back(parse_mount(text, request.folder, recursive));
  for (const std::string& text : request.tmpfs) wanted.push_back(parse_tmpfs(text));
  return wanted;
}

// A path the image may have written by itself: nothing outside of it, and nothing of the engine's.
bool is_sound_volume(const std::string& path) {
  if (path.empty() || path[0] != '/' || has_nul(path)) return false;
  const std::string cleaned = clean_path(path);
  for (const std::string_view kept : {"/proc", "/sys", "/dev"})
    if (cleaned == kept || is_beneath(cleaned, kept)) return false;
  return cleaned != "/" && path.find("/../") == std::string::npos && !path.ends_with("/..");
}

// The image's volumes. A bundle's root file system can be written: there the image's own content is seen and what the
// program writes is kept, as a volume is meant, so nothing is mounted. With --image-volume tmpfs each is a tmpfs that
// starts with the image's content.
void add_image_volumes(Draft& draft, std::vector<WantedMount>& wanted) {
  const std::string mode = draft.request.image_volume.value_or("");
  if (draft.request.image_volume && mode != "tmpfs" && mode != "ignore")
    refuse("--image-volume", mode, "not tmpfs or ignore");
  std::set<std::string> taken;
  for (const WantedMount& mount : wanted) taken.insert(mount.mount.destination);
  for (const std::string& path : draft.image_says.volumes.keys) {
    if (!is_sound_volume(path)) {
      draft.warn("the image's volume ", printable(path), " cannot be one; ignored");
      continue;
    }
    WantedMount volume{{}, "image config.Volumes", path};
    volume.mount.destination = clean_path(path);
    if (mode == "ignore" || !taken.insert(volume.mount.destination).second) continue;
    if (mode.empty() && draft.config.root->readonly)
      draft.warn("the image's volume ", printable(path),
                 " is read-only as all else; --tmpfs or --volume makes it writable");
    if (mode.empty()) continue;
    volume.mount.type = volume.mount.source = "tmpfs";
    volume.mount.options = {"nosuid", "nodev", "rprivate", "tmpcopyup"};
    wanted.push_back(std::move(volume));
  }
}

void warn_of_hidden_volumes(Draft& draft, const std::vector<WantedMount>& wanted) {
  for (const std::string& path : draft.image_says.volumes.keys)
    for (const WantedMount& mount : wanted)
      if (is_beneath(clean_path(path), mount.mount.destination))
        draft.warn("the image's volume ", printable(path), " is hidden by ", mount.flag, " ", printable(mount.text));
}

void keep_propagation(Draft& draft, const WantedMount& wanted) {
  const auto has = [&](std::string_view option) {
    return std::find(wanted.mount.options.begin(), wanted.mount.options.end(), option) != wanted.mount.options.end();
  };
  std::string& root = draft.linux_part().rootfs_propagation;
  if (has("shared") || has("rshared")) {
    if (root != "shared" && root != "rshared")
      draft.set("linux.rootfsPropagation", root, "shared", from_flag(wanted.flag));
  } else if ((has("slave") || has("rslave")) && (root.empty() || root.ends_with("private"))) {
    draft.set("linux.rootfsPropagation", root, "rslave", from_flag(wanted.flag));
  }
}

void refuse_duplicates(const std::vector<WantedMount>& wanted) {
  for (std::size_t i = 0; i < wanted.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (wanted[i].mount.destination == wanted[j].mount.destination)
        refuse(wanted[i].flag, wanted[i].text, wanted[j].flag, " ", printable(wanted[j].text),
               " is mounted there already");
}

// A mount of the user's on the place of one of the engine's replaces it; one on /dev replaces all beneath.
void drop_replaced(Draft& draft, const WantedMount& wanted) {
  Mounts& mounts = draft.config.mounts;
  const std::string& place = wanted.mount.destination;
  const auto replaced = [&](const spec::Mount& m) {
    return m.destination == place || (place == "/dev" && is_beneath(m.destination, place));
  };
  const auto old = find_mount(mounts, place);
  Origin origin = wanted.flag.starts_with("image ") ? from_image("config.Volumes") : from_flag(wanted.flag);
  if (old != mounts.end())
    draft.note_over(cat("mounts[", place, "]"), std::move(origin), cat(old->type, " ", old->source));
  else
    draft.note(cat("mounts[", place, "]"), std::move(origin));
  mounts.erase(std::remove_if(mounts.begin(), mounts.end(), replaced), mounts.end());
}

// Podman's --read-only leaves some folders to write in, where nothing else of the user's is mounted.
void add_read_only_tmpfs(Draft& draft, std::vector<WantedMount>& wanted) {
  if (!draft.request.read_only) return;
  for (const std::string& path : draft.engine.read_only_tmpfs) {
    const auto same = [&](const WantedMount& one) { return one.mount.destination == path; };
    if (std::any_of(wanted.begin(), wanted.end(), same)) continue;
    draft.config.mounts.push_back(
        make_mount(path.c_str(), "tmpfs", "tmpfs", {"rw", "rprivate", "nosuid", "nodev", "tmpcopyup"}));
    draft.note(cat("mounts[", path, "]"), from_flag("--read-only"));
  }
}

long depth_of(const spec::Mount& mount) { return std::count(mount.destination.begin(), mount.destination.end(), '/'); }

} // namespace

void apply_root(Draft& draft) {
  spec::Root& root = *draft.config.root;
  draft.note("root.path", from_host("the bundle"));
  root.path = draft.request.rootfs;
  if (draft.request.read_only) draft.set("root.readonly", root.readonly, true, from_flag("--read-only"));
  if (!draft.request.rootfs_propagation) return;
  const std::string& text = *draft.request.rootfs_propagation;
  if (text != "private" && text != "rprivate" && text != "shared" && text != "rshared" && text != "slave" &&
      text != "rslave" && text != "unbindable" && text != "runbindable")
    refuse("--rootfs-propagation", text, "not private, shared, slave or unbindable, with or without an r before it");
  draft.set("linux.rootfsPropagation", draft.linux_part().rootfs_propagation, text, from_flag("--rootfs-propagation"));
}

void apply_mounts(Draft& draft) {
  set_shm_size(draft);
  share_shm(draft);
  std::vector<WantedMount> wanted = users_mounts(draft);
  refuse_duplicates(wanted);
  warn_of_hidden_volumes(draft, wanted);
  add_image_volumes(draft, wanted);
  add_read_only_tmpfs(draft, wanted);
  for (const WantedMount& mount : wanted) {
    drop_replaced(draft, mount);
    keep_propagation(draft, mount);
  }
  const auto shallower = [](const WantedMount& a, const WantedMount& b) {
    return depth_of(a.mount) < depth_of(b.mount);
  };
  std::stable_sort(wanted.begin(), wanted.end(), shallower);
  for (WantedMount& mount : wanted) draft.config.mounts.push_back(std::move(mount.mount));
}

} // namespace oci::specgen
