// The plan that the container's init carries out: one flat buffer, written by the runtime, mapped by init.
//
//   PlanHeader | PlanStep[step_count] | descriptors (int32_t[fd_count]) | data
//
// Steps refer to data by offset. Offset 0 of data is the empty text. A text ends with NUL. A list is uint64_t offsets
// of texts, ended by 0, aligned to 8; init turns it into pointers where it lies. Readable by freestanding code.
#pragma once

#include <stdint.h>

namespace oci::runtime {

constexpr uint32_t plan_magic = 0x4f434931; // "OCI1"

struct PlanHeader {
  uint32_t magic;
  uint32_t size; // of the whole buffer
  uint32_t step_count;
  uint32_t fd_count;
  uint32_t fds;          // offset in the buffer
  uint32_t data;         // offset in the buffer
  uint32_t preserve_fds; // 3 … 3+N-1 stay open in the program
};

constexpr uint32_t plan_steps_offset = (sizeof(PlanHeader) + 7) / 8 * 8;

// The first descriptors of the table; others (namespaces, sources of mounts) follow. -1: not there.
enum PlanFd : uint32_t {
  fd_sync,
  fd_start,
  fd_state,
  fd_listener,       // a connection to linux.seccomp.listenerPath
  fd_listener_state, // what is said there
  fds_until_the_end, // these are kept until the program is executed
  fd_proc = fds_until_the_end,
  first_free_fd
};

// One step: an operation and its fixed fields. s and t are texts unless said otherwise.
enum class Op : uint32_t {
  // Meeting the runtime.
  wait_go,     // until the runtime sends go
  ask_hooks,   // sends hooks, waits for go
  become_root, // uid and gid 0 of a user namespace just entered
  ready,       // sends ready, then waits for start: on a connection to fd_start, or where that is -1 on fd_sync

  // Namespaces.
  enter,        // setns: a = index of the descriptor, b = CLONE_NEW… flags; flags: step_may_fail, step_if_needed
  fork_inside,  // the process that goes on is a new child of the runtime's: a = clone3 flags; the old one ends
  unshare,      // a = CLONE_NEW… flags
  time_offsets, // s = text for /proc/self/timens_offsets; enters the time namespace that unshare made
  keyring,      // a new session keyring named s
  session,      // setsid
  hostname,     // s
  domainname,   // s
  loopback_up,

  // The root file system.
  propagation,    // of / and all beneath: a = MS_… flags; flags: step_recursive
  parent_private, // the mount that holds s becomes private
  open_root,      // s = path on the host; flags: step_bind (a recursive bind on itself, a = its propagation or 0)
  mount,          // see MountStep
  device,      // t = path, a = mode with its type, b = device number, c = uid, d = gid; flags: step_bind (the host's s)
  link,        // t = path, s = its target; flags: step_replace
  folder,      // t = path, a = mode: made with its parents where missing; flags: step_may_fail
  console,     // a pseudo-terminal: a = height, b = width, c = uid; flags: step_bind (on /dev/console)
  mask,        // t
  read_only,   // t: a bind of itself; flags: step_may_fail (missing)
  mount_flags, // of the mount at t: a = MOUNT_ATTR_… to set, b = to clear first; flags: step_recursive
  sysctl,      // s = path beneath /proc/sys, t = value
  label,       // s = path beneath /proc/self/attr (or u-th choice), t = value
  pivot,       // the root becomes /
  move_root,   // the same by MS_MOVE and chroot
  change_root, // by chroot alone

  // The process.
  hook,          // s = path, a = list of arguments, b = list of environment, c = seconds or 0, d = its number
  umask,         // a
  rlimit,        // a = resource, b = soft, c = hard
  scheduler,     // s = a struct sched_attr (data), a = its size
  io_priority,   // a = what ioprio_set takes
  personality,   // a
  memory_policy, // s = nodes (data), a = mode and flags, b = their number of bits
  stdio_owner,   // a = uid: pipes on 0-2 become its
  bounding,      // a = capabilities that stay
  user,          // a = uid, b = gid, c = data of c's gids (uint32_t), d = their number; flags: step_no_groups
  capabilities,  // a = effective, b = permitted, c = inheritable, d = ambient
  no_new_privileges,
  working_folder,     // s; flags: step_may_fail, step_if_needed (skipped when an earlier one succeeded)
  home,               // HOME of uid a from the container's /etc/passwd, where the environment (list b) has a free place
  find_program,       // a = list of arguments, b = list of environment
  close_internal,     // every descriptor but those that the rest needs
  seccomp,            // s = sock_filter[] (data), a = their number, b = SECCOMP_FILTER_FLAG_…
  final_capabilities, // capset alone: a, b, c as in `capabilities`
  execute,            // a = list of arguments, b = list of environment
};

constexpr uint32_t step_bind = 1;
constexpr uint32_t step_recursive = 2;
constexpr uint32_t step_may_fail = 4;
constexpr uint32_t step_if_needed = 8;
constexpr uint32_t step_replace = 16;
constexpr uint32_t step_no_groups = 32; // setgroups may be forbidden

struct PlanStep {
  Op op;
  uint32_t flags = 0;
  uint32_t s = 0, t = 0;
  uint64_t a = 0, b = 0, c = 0, d = 0;
};

// Op::mount: s = source, t = destination, a = offset of this in data (aligned to 8).
struct MountStep {
  uint32_t type = 0;  // text: the file system's; "" for a bind
  uint32_t flags = 0; // mount_…
  uint64_t set = 0;   // MOUNT_ATTR_… of this mount
  uint64_t clear = 0;
  uint64_t set_all = 0; // the same for all mounts beneath too (the r… options)
  uint64_t clear_all = 0;
  uint64_t propagation = 0; // MS_SHARED … or 0
  uint32_t propagation_recursive = 0;
  uint32_t options = 0;      // list: "key=value" and "flag", for fsconfig
  int32_t source_fd = -1;    // index of the descriptor of a detached tree, or -1
  uint32_t made_mode = 0755; // of a destination folder that is made
};

constexpr uint32_t mount_bind = 1;
constexpr uint32_t mount_recursive = 2;
constexpr uint32_t mount_plain_destination = 4; // no link on the way (proc, sysfs)
constexpr uint32_t mount_allow_in_proc = 8;     // one of the known files of /proc
constexpr uint32_t mount_proc_source = 16;      // the source must be procfs (a bind on /proc)
constexpr uint32_t mount_or_bind_sys = 32;      // sysfs that may not be mounted: the host's, recursively, read-only
constexpr uint32_t mount_may_miss = 64;         // skipped when the source is missing
constexpr uint32_t mount_copy_link = 128;       // a source that is a link: the link is made at the destination
constexpr uint32_t mount_source_itself = 256;   // the source's last component is not followed
constexpr uint32_t mount_destination_itself = 512;
constexpr uint32_t mount_keep_mode = 1024; // a tmpfs: its root has the mode of the folder it covers
constexpr uint32_t mount_copy_up = 2048;   // a tmpfs: begins with what the folder holds that it covers
constexpr uint32_t mount_fresh = 4096;     // a folder; its destination's folder is of our making, as for its neighbours

} // namespace oci::runtime
