// A config.json from a running engine made portable (architecture: specgen). What people did by hand: the root's path,
// the mounts that are the daemon's, its hooks, its cgroup.
#include "specgen/specgen.h"

#include "base/text.h"
#include "specgen/templates.h"

#include <algorithm>
#include <array>

namespace oci::specgen {

namespace {

constexpr std::array<std::string_view, 3> network_files = {"/etc/resolv.conf", "/etc/hosts", "/etc/hostname"};

// Annotations that runtimes or managers act on, or that name the engine's own things.
constexpr std::array<std::string_view, 9> engine_annotations = {
    "run.oci.",  "org.systemd.property.", "io.kubernetes.", "io.container.manager", "io.podman.",
    "io.cri-o.", "io.containers.",        "nerdctl/",       "com.docker.network"};

bool is_container_id(std::string_view word) {
  return word.size() == 64 && word.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_volume(const std::string& path) {
  return path.find("/volumes/") != std::string::npos && path.ends_with("/_data");
}

// A folder of the engine's that is gone with the container: each engine has its id in the path.
bool is_engines_own(const std::string& path) {
  if (!path.starts_with('/') || is_volume(path)) return false;
  const std::vector<std::string> parts = split(path, '/');
  return std::any_of(parts.begin(), parts.end(), is_container_id) || path.starts_with("/var/lib/docker/") ||
         path.starts_with("/run/containerd/") || path.starts_with("/run/docker/");
}

bool is_bind(const spec::Mount& mount) {
  const auto has = [&](std::string_view option) {
    return std::find(mount.options.begin(), mount.options.end(), option) != mount.options.end();
  };
  return mount.type == "bind" || has("bind") || has("rbind");
}

bool is_network_file(const spec::Mount& mount) {
  return is_bind(mount) && is_engines_own(mount.source) &&
         std::find(network_files.begin(), network_files.end(), mount.destination) != network_files.end();
}

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// A hook that calls back the engine: its program under /proc, or the engine's own.
bool is_engines_hook(const spec::Hook& hook) {
  static constexpr std::array<std::string_view, 6> engines = {"dockerd", "podman",  "conmon",
                                                              "crio",    "nerdctl", "containerd"};
  const std::string program = file_name(hook.path);
  return hook.path.starts_with("/proc/") || std::find(engines.begin(), engines.end(), program) != engines.end() ||
         std::find(hook.args.begin(), hook.args.end(), "libnetwork-setkey") != hook.args.end();
}

class Adoption {
public:
  Adoption(spec::RuntimeConfig config, const std::map<std::string, std::string>& files, const HostFacts& host)
      : config_(std::move(config)), files_(files), host_(host) {}

  Adopted run(std::string name) {
    adopt_root();
    adopt_mounts();
    if (config_.hooks) adopt_hooks();
    if (config_.process) adopt_process(*config_.process);
    if (config_.linux_) adopt_linux(*config_.linux_);
    adopt_annotations();
    out_.base = engine_of_file(std::move(config_), std::move(name));
    return std::move(out_);
  }

private:
  template <class... Parts>
  void changed(std::string path, const Parts&... parts) {
    out_.changes.push_back({std::move(path), cat(parts...)});
  }

  void adopt_root() {
    spec::Root& root = config_.root ? *config_.root : config_.root.emplace();
    if (root.path == "rootfs") return;
    changed("root.path", "now \"rootfs\", was the engine's ", root.path.empty() ? "nothing" : printable(root.path));
    root.path = "rootfs";
  }

  void adopt_mounts() {
    std::vector<spec::Mount> kept;
    for (spec::Mount& mount : config_.mounts)
      if (adopt_mount(mount)) kept.push_back(std::move(mount));
    config_.mounts = std::move(kept);
  }

  // False when it goes.
  bool adopt_mount(spec::Mount& mount) {
    const std::string path = cat("mounts[", mount.destination, "]");
    if (!is_bind(mount)) return true;
    if (is_volume(mount.source))
      changed(path, "kept, but ", printable(mount.source),
              " is the engine's volume and goes when the engine removes it");
    if (!is_engines_own(mount.source)) return true;
    const std::string source = mount.source;
    if (mount.destination == "/dev/shm") {
      mount = make_mount("/dev/shm", "tmpfs", "shm", {"nosuid", "noexec", "nodev", "mode=1777", "size=67108864"});
      changed(path, "now a tmpfs of its own, was the engine's ", printable(source));
      return true;
    }
    const auto file = files_.find(source);
    if (!is_network_file(mount) || file == files_.end()) {
      changed(path, "left out: the engine's ", printable(source));
      return false;
    }
    mount.source = file_name(mount.destination);
    out_.files[mount.source] = file->second;
    changed(path, "now a copy beside config.json, was the engine's ", printable(source));
    return true;
  }

  void adopt_hooks() {
    spec::Hooks& hooks = *config_.hooks;
    adopt_hook_list("prestart", hooks.prestart);
    adopt_hook_list("createRuntime", hooks.create_runtime);
    adopt_hook_list("createContainer", hooks.create_container);
    adopt_hook_list("startContainer", hooks.start_container);
    adopt_hook_list("poststart", hooks.poststart);
    adopt_hook_list("poststop", hooks.poststop);
    const auto none = [](const auto&... lists) { return (lists.empty() && ...); };
    if (none(hooks.prestart, hooks.create_runtime, hooks.create_container, hooks.start_container, hooks.poststart,
             hooks.poststop))
      config_.hooks.reset();
  }

  void adopt_hook_list(std::string_view name, std::vector<spec::Hook>& list) {
    std::vector<spec::Hook> kept;
    for (spec::Hook& hook : list) {
      if (is_engines_hook(hook))
        changed(cat("hooks.", name), "left out: it calls the engine, ", printable(hook.path), " ",
                printable(join(hook.args, " ")));
      else
        kept.push_back(std::move(hook));
    }
    list = std::move(kept);
  }

  void adopt_process(spec::Process& process) {
    const auto& loaded = host_.apparmor_profiles;
    std::string& profile = process.apparmor_profile;
    if (!profile.empty() && profile != "unconfined" && std::find(loaded.begin(), loaded.end(), profile) == loaded.end())
      drop("process.apparmorProfile", profile, "not loaded here");
    if (!process.selinux_label.empty()) drop("process.selinuxLabel", process.selinux_label, "made for that container");
  }

  void drop(std::string path, std::string& value, std::string_view why) {
    changed(std::move(path), "left out: ", printable(value), ", ", why);
    value.clear();
  }

  void adopt_linux(spec::Linux& part) {
    if (!part.cgroups_path.empty())
      drop("linux.cgroupsPath", part.cgroups_path, "the engine's; each container gets its own");
    if (!part.mount_label.empty()) drop("linux.mountLabel", part.mount_label, "made for that container");
    for (spec::Namespace& space : part.namespaces) {
      if (space.path.empty()) continue;
      const std::string_view more =
          space.type == "network" ? ", without the engine's network (--net host is the host's)" : "";
      changed(cat("linux.namespaces[", space.type, "]"), "now a new one, was ", printable(space.path), more);
      space.path.clear();
    }
    if (!part.uid_mappings.empty())
      changed("linux.uidMappings", "kept: the files of rootfs must belong to ids from ", part.uid_mappings[0].host_id);
    if (part.resources) drop_unset(*part.resources);
  }

  // The engine's zeroes for "not set", which runtimes take for that and schemas do not.
  static void drop_unset(spec::Resources& resources) {
    if (resources.cpu && resources.cpu->shares == std::uint64_t{0}) resources.cpu->shares.reset();
    if (resources.block_io && resources.block_io->weight == std::uint16_t{0}) resources.block_io->weight.reset();
  }

  void adopt_annotations() {
    std::erase_if(config_.annotations, [&](const auto& entry) {
      const auto acts = [&](std::string_view start) { return entry.first.starts_with(start); };
      if (std::none_of(engine_annotations.begin(), engine_annotations.end(), acts)) return false;
      changed(cat("annotations[", entry.first, "]"), "left out: the engine's ", printable(entry.second, 80));
      return true;
    });
  }

  spec::RuntimeConfig config_;
  const std::map<std::string, std::string>& files_;
  const HostFacts& host_;
  Adopted out_;
};

} // namespace

std::vector<std::string> files_to_adopt(const spec::RuntimeConfig& config) {
  std::vector<std::string> files;
  for (const spec::Mount& mount : config.mounts)
    if (is_network_file(mount)) files.push_back(mount.source);
  return files;
}

Adopted adopt(spec::RuntimeConfig config, std::string name, const std::map<std::string, std::string>& files,
              const HostFacts& host) {
  return Adoption(std::move(config), files, host).run(std::move(name));
}

void trace_to(Generated& generated, const Adopted& adopted) {
  for (const Adopted::Change& change : adopted.changes)
    generated.provenance.try_emplace(
        change.path, Origin{Origin::Kind::configuration, adopted.base.name, {cat("adopted: ", change.text)}});
  for (const auto& [name, text] : adopted.files) generated.files.try_emplace(name, text);
}

} // namespace oci::specgen
