#include "runtime/mount_options.h"
#include "runtime/plan_parts.h"

#include "base/files.h"

#include <algorithm>
#include <linux/mount.h>
#include <map>
#include <sched.h>

namespace oci::runtime {

namespace {

// Files of /proc that engines put their own view over (lxcfs), and nothing else beneath it.
constexpr std::string_view allowed_in_proc[] = {"/proc/cpuinfo",
                                                "/proc/diskstats",
                                                "/proc/meminfo",
                                                "/proc/stat",
                                                "/proc/swaps",
                                                "/proc/uptime",
                                                "/proc/loadavg",
                                                "/proc/slabinfo",
                                                "/proc/net/dev",
                                                "/proc/sys/kernel/ns_last_pid",
                                                "/proc/sys/crypto/fips_enabled"};

bool has_own_mounts(const PlanContext& context) { return (context.namespaces() & CLONE_NEWNS) != 0; }

bool is_beneath(std::string_view path, std::string_view folder) {
  return path.size() > folder.size() && path.substr(0, folder.size()) == folder && path[folder.size()] == '/';
}

std::string rootfs_path(const PlanContext& context) {
  const std::string& path = context.config.root->path;
  if (path.empty()) fail("root.path: missing");
  return clean_path(path.front() == '/' ? path : cat(context.facts.bundle, "/", path));
}

// In the host's mount namespace all of it lies on a private bind of the root file system, and goes with that.
bool mounts_anything(const PlanContext& context) {
  return !context.config.mounts.empty() || context.config.root->readonly || !context.linux_.masked_paths.empty() ||
         !context.linux_.readonly_paths.empty();
}

void read_propagation(const PlanContext& context, std::uint64_t* flag, bool* recursive) {
  const std::string& word = context.linux_.rootfs_propagation;
  if (!word.empty() && !parse_propagation(word, flag, recursive))
    fail("linux.rootfsPropagation: unknown propagation \"", word, "\"");
}

} // namespace

void add_root(PlanContext& context) {
  PlanBuilder& out = context.out;
  context.plan.rootfs = rootfs_path(context);
  std::uint32_t path = out.text(context.plan.rootfs);
  if (!has_own_mounts(context)) {
    context.plan.covers_root = mounts_anything(context);
    out.add({.op = Op::open_root, .flags = context.plan.covers_root ? step_bind : 0, .s = path, .a = MS_PRIVATE});
    return;
  }
  std::uint64_t propagation = 0;
  bool recursive = false;
  read_propagation(context, &propagation, &recursive);
  // Only with a shared root may the container's mounts reach the host; private and unbindable ones cut both ways.
  std::uint64_t first = propagation == 0 ? MS_SLAVE : propagation == MS_UNBINDABLE ? MS_PRIVATE : propagation;
  out.add({.op = Op::propagation, .flags = step_recursive, .a = first});
  if (first == MS_SHARED) out.add({.op = Op::parent_private, .s = path});
  out.add({.op = Op::open_root, .flags = step_bind, .s = path});
}

namespace {

struct Destination {
  std::string field; // "mounts[3]"
  std::string path;
};

void add_mount_step(PlanContext& context, const MountStep& mount, std::string_view source, std::string_view path) {
  PlanBuilder& out = context.out;
  PlanStep step{.op = Op::mount, .s = out.text(source), .t = out.text(path), .a = out.object(mount)};
  out.add(step);
}

MountStep base_step(PlanContext& context, const MountOptions& options) {
  MountStep step;
  step.set = options.set;
  step.clear = options.clear;
  step.set_all = options.set_all;
  step.clear_all = options.clear_all;
  step.propagation = options.propagation;
  step.propagation_recursive = options.propagation_recursive;
  step.options = context.out.list({});
  return step;
}

// The ids that an idmapped mount shows: its own mappings, else those of the container's user namespace.
bool add_id_maps(PlanContext& context, const spec::Mount& mount, const MountOptions& options, InitPlan::Tree& tree) {
  const bool own = !mount.uid_mappings.empty() || !mount.gid_mappings.empty();
  if (!own && !options.idmap) return false;
  tree.map_all = options.idmap_all;
  if (own) {
    if (mount.uid_mappings.empty() != mount.gid_mappings.empty())
      fail(tree.field, ".uidMappings: uidMappings and gidMappings go together");
    tree.uid_mappings = mount.uid_mappings;
    tree.gid_mappings = mount.gid_mappings;
    return true;
  }
  for (const spec::Namespace& space : context.linux_.namespaces)
    if (space.type == "user") tree.user_namespace = space.path;
  if (!context.in_user_namespace())
    fail(tree.field, ".options: idmap without uidMappings and gidMappings needs a user namespace");
  if (tree.user_namespace.empty()) {
    tree.uid_mappings = context.linux_.uid_mappings;
    tree.gid_mappings = context.linux_.gid_mappings;
  }
  return true;
}

void add_bind(PlanContext& context, const spec::Mount& mount, const MountOptions& options, const Destination& to) {
  if (mount.source.empty()) fail(to.field, ".source: missing");
  for (const std::string& word : options.data)
    context.plan.warnings.push_back(cat(to.field, ".options: \"", word, "\" means nothing for a bind mount: ignored"));
  MountStep step = base_step(context, options);
  step.flags = mount_bind | (options.recursive ? mount_recursive : 0);
  if (to.path == "/proc") step.flags |= mount_proc_source;
  if (std::find(std::begin(allowed_in_proc), std::end(allowed_in_proc), to.path) != std::end(allowed_in_proc))
    step.flags |= mount_allow_in_proc;
  if (options.copy_link) step.flags |= mount_copy_link;
  if (options.source_itself) step.flags |= mount_source_itself;
  if (options.destination_itself) step.flags |= mount_destination_itself;
  std::string source = mount.source.front() == '/' ? mount.source : cat(context.facts.bundle, "/", mount.source);
  InitPlan::Tree tree{to.field, source, options.recursive, 0, options.source_itself};
  const bool mapped = add_id_maps(context, mount, options, tree);
  if (mapped || context.in_user_namespace()) {
    tree.descriptor = context.out.descriptor();
    step.source_fd = static_cast<std::int32_t>(tree.descriptor);
    context.plan.trees.push_back(std::move(tree));
  }
  add_mount_step(context, step, source, to.path);
}

bool maps(const std::vector<spec::IdMapping>& mappings, std::uint64_t id) {
  return std::any_of(mappings.begin(), mappings.end(),
                     [&](const spec::IdMapping& m) { return id >= m.container_id && id - m.container_id < m.size; });
}

// devpts: a group that a user namespace does not have cannot own terminals; they stay the user's alone.
void drop_unmapped_group(const PlanContext& context, std::vector<std::string>& data) {
  if (context.linux_.gid_mappings.empty()) return;
  std::erase_if(data, [&](const std::string& word) {
    if (word.substr(0, 4) != "gid=") return false;
    std::optional<std::uint64_t> gid = parse_unsigned(word.substr(4));
    return gid && !maps(context.linux_.gid_mappings, *gid);
  });
}

// Of the others the kernel chooses the labels.
bool takes_label(std::string_view type) { return type != "proc" && type != "sysfs" && type != "mqueue"; }

void add_tmpfs_flags(const MountOptions& options, MountStep& step) {
  const bool has_mode = std::any_of(options.data.begin(), options.data.end(),
                                    [](const std::string& word) { return word.substr(0, 5) == "mode="; });
  if (!has_mode) step.flags |= mount_keep_mode;
  if (options.copy_up) step.flags |= mount_copy_up;
}

// What is mounted there gets other flags; its file system's own options stay.
void add_remount(PlanContext& context, const MountOptions& options, const Destination& to) {
  for (const std::string& word : options.data)
    context.plan.warnings.push_back(cat(to.field, ".options: \"", word, "\" is not changed by remount: ignored"));
  PlanStep step{.op = Op::mount_flags, .t = context.out.text(to.path)};
  step.a = options.set | options.set_all;
  step.b = options.clear | options.clear_all;
  if ((options.set_all | options.clear_all) != 0) step.flags = step_recursive;
  context.out.add(step);
}

void add_file_system(PlanContext& context, const spec::Mount& mount, MountOptions options, const Destination& to) {
  bool virtual_root = mount.type == "proc" || mount.type == "sysfs";
  if (mount.type == "devpts") drop_unmapped_group(context, options.data);
  // What is shown of a block device is read-only below the mount too.
  bool read_only = (options.set & MOUNT_ATTR_RDONLY) != 0;
  if (read_only && !mount.source.empty() && mount.source.front() == '/') options.data.push_back("ro");
  // /dev is filled by us first.
  bool later = read_only && to.path == "/dev";
  if (later) options.set &= ~std::uint64_t{MOUNT_ATTR_RDONLY};
  if (takes_label(mount.type) && !context.linux_.mount_label.empty() && context.facts.selinux)
    options.data.push_back(cat("context=", context.linux_.mount_label));
  MountStep step = base_step(context, options);
  step.type = context.out.text(mount.type);
  step.options = context.out.list(options.data);
  if (virtual_root) step.flags |= mount_plain_destination;
  if (options.destination_itself) step.flags |= mount_destination_itself;
  if (mount.type == "tmpfs") add_tmpfs_flags(options, step);
  if (mount.type == "sysfs" && context.in_user_namespace()) step.flags |= mount_or_bind_sys;
  add_mount_step(context, step, mount.source, to.path);
}

// The name of the hierarchy a cgroup folder is in: "memory" of /sys/fs/cgroup/memory/a/b.
std::string hierarchy_of(const std::string& folder) {
  constexpr std::string_view base = "/sys/fs/cgroup/";
  if (folder.substr(0, base.size()) != base) return "";
  return folder.substr(base.size(), folder.find('/', base.size()) - base.size());
}

void add_cgroup_v1_link(PlanContext& context, const Destination& to, const std::string& hierarchy) {
  std::vector<std::string> controllers = split(hierarchy, ',');
  if (controllers.size() < 2) return;
  for (const std::string& controller : controllers)
    context.out.add(
        {.op = Op::link, .s = context.out.text(hierarchy), .t = context.out.text(cat(to.path, "/", controller))});
}

// A small tmpfs with the container's own folder of every hierarchy: what a cgroup namespace would show, and the same
// without one.
void add_cgroup_v1(PlanContext& context, const MountOptions& options, const Destination& to) {
  PlanBuilder& out = context.out;
  MountStep tmpfs = base_step(context, options);
  tmpfs.set &= ~std::uint64_t{MOUNT_ATTR_RDONLY};
  tmpfs.type = out.text("tmpfs");
  tmpfs.options = out.list({"mode=755"});
  add_mount_step(context, tmpfs, "cgroup", to.path);
  for (const std::string& folder : context.facts.cgroup.folders) {
    std::string hierarchy = hierarchy_of(folder);
    if (hierarchy.empty()) continue;
    MountStep step = base_step(context, options);
    step.flags = mount_bind | mount_may_miss | mount_fresh;
    add_mount_step(context, step, folder, cat(to.path, "/", hierarchy));
    add_cgroup_v1_link(context, to, hierarchy);
  }
  if ((options.set & MOUNT_ATTR_RDONLY) != 0)
    out.add({.op = Op::mount_flags, .t = out.text(to.path), .a = MOUNT_ATTR_RDONLY});
}

void add_cgroup_v2(PlanContext& context, const MountOptions& options, const Destination& to) {
  MountStep step = base_step(context, options);
  if ((context.namespaces() & CLONE_NEWCGROUP) != 0) {
    step.type = context.out.text("cgroup2");
    add_mount_step(context, step, "cgroup2", to.path);
    return;
  }
  bool own = !context.facts.cgroup.folders.empty();
  step.flags = mount_bind | (own ? 0 : mount_recursive);
  add_mount_step(context, step, own ? context.facts.cgroup.folders.front() : "/sys/fs/cgroup", to.path);
}

void add_cgroup(PlanContext& context, const MountOptions& options, const Destination& to) {
  switch (context.facts.cgroup.kind) {
  case CgroupNames::Kind::v1:
    return add_cgroup_v1(context, options, to);
  case CgroupNames::Kind::v2:
    return add_cgroup_v2(context, options, to);
  case CgroupNames::Kind::none: {
    MountStep step = base_step(context, options);
    step.flags = mount_bind | mount_recursive | mount_may_miss;
    step.set_all |= options.set & MOUNT_ATTR_RDONLY;
    add_mount_step(context, step, "/sys/fs/cgroup", to.path);
  }
  }
}

void add_mount(PlanContext& context, const spec::Mount& mount, const Destination& to) {
  MountOptions options = with_context(cat(to.field, ".options"), [&] { return parse_mount_options(mount.options); });
  if (is_beneath(to.path, "/proc") &&
      std::find(std::begin(allowed_in_proc), std::end(allowed_in_proc), to.path) == std::end(allowed_in_proc))
    fail(to.field, ".destination: \"", mount.destination, "\" cannot be mounted because it is inside /proc");
  if (options.remount) return add_remount(context, options, to);
  if (options.bind || mount.type == "bind") return add_bind(context, mount, options, to);
  if (options.idmap || !mount.uid_mappings.empty() || !mount.gid_mappings.empty())
    fail(to.field, ".uidMappings: only bind mounts are shown with other ids");
  if (options.copy_up && mount.type != "tmpfs") fail(to.field, ".options: tmpcopyup is for tmpfs");
  if (to.path == "/proc" && mount.type != "proc") fail(to.field, ": only proc can be mounted on /proc");
  if (mount.type.empty() || mount.type == "none") fail(to.field, ".type: missing");
  if (mount.type == "cgroup") return add_cgroup(context, options, to);
  add_file_system(context, mount, options, to);
}

} // namespace

void add_mounts(PlanContext& context) {
  const std::vector<spec::Mount>& mounts = context.config.mounts;
  for (std::size_t i = 0; i < mounts.size(); ++i) {
    Destination to{cat("mounts[", i, "]"), clean_inside(mounts[i].destination)};
    if (mounts[i].destination.empty()) fail(to.field, ".destination: missing");
    add_mount(context, mounts[i], to);
  }
}

void add_closed_paths(PlanContext& context) {
  PlanBuilder& out = context.out;
  const spec::Linux& linux_ = context.linux_;
  // Without a slash in front they are meant from the root as well: closed rather than refused or overlooked.
  for (const std::string& path : linux_.readonly_paths) {
    if (path.empty()) fail("linux.readonlyPaths: \"\" is no path");
    out.add({.op = Op::read_only, .t = out.text(path)});
  }
  for (const std::string& path : linux_.masked_paths) {
    if (path.empty()) fail("linux.maskedPaths: \"\" is no path");
    out.add({.op = Op::mask, .t = out.text(path)});
  }
}

void add_pivot(PlanContext& context) {
  PlanBuilder& out = context.out;
  for (const spec::Mount& mount : context.config.mounts) {
    bool dev = clean_inside(mount.destination) == "/dev" && mount.type == "tmpfs";
    if (dev && (parse_mount_options(mount.options).set & MOUNT_ATTR_RDONLY) != 0)
      out.add({.op = Op::mount_flags, .t = out.text("/dev"), .a = MOUNT_ATTR_RDONLY});
  }
  if (context.config.root->readonly) out.add({.op = Op::mount_flags, .t = out.text("/"), .a = MOUNT_ATTR_RDONLY});
  if (!has_own_mounts(context)) {
    out.add({.op = Op::change_root});
    return;
  }
  std::uint64_t propagation = 0;
  bool recursive = false;
  read_propagation(context, &propagation, &recursive);
  bool shared = propagation == MS_SHARED;
  if (context.facts.no_pivot) {
    out.add({.op = Op::move_root});
  } else {
    out.add({.op = Op::pivot, .flags = shared ? step_recursive : 0});
  }
  // Of the root alone: what is beneath it has been given its own.
  if (propagation != 0) out.add({.op = Op::propagation, .a = propagation});
}

} // namespace oci::runtime
