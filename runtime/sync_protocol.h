// What the runtime and the container's init say to each other: messages of one size on a SOCK_SEQPACKET pair.
//
//   runtime                                       init
//     clone3 ------------------------------------>
//     id maps; mapped --------------------------->  (new user namespace only; before its exec)
//                  <------------------------- pid   (entering a namespace: the first stage has forked the real init)
//     cgroup, id maps, limits; go --------------->  namespaces, rootfs
//                  <----------------------- hooks   (only when there are prestart, createRuntime or createContainer)
//     hooks run; go ----------------------------->  createContainer hooks, pivot_root, the user's rights, look-up
//                  <---------------- terminal +fd   (process.terminal: the pseudo-terminal's master)
//                  <----------------------- ready
//     start ------------------------------------->  startContainer hooks, seccomp, execve
//                  <------------------------- EOF   the program was executed
//
// `failed` may come from init at any time; an `explanation` may follow before it exits. After create, start and what
// follows it travel over a connection to the socket in the state folder instead. Readable by freestanding code.
#pragma once

#include <stdint.h>

namespace oci::runtime {

enum class Sync : uint32_t { mapped = 1, pid, go, hooks, terminal, ready, start, failed, explanation };

struct SyncMessage {
  Sync kind;
  int32_t error;   // failed: errno, or 0 when `detail` says it all
  uint32_t step;   // failed: index of the step in the plan
  uint32_t detail; // pid: the pid; failed: see Detail, and for hooks the wait status; explanation: a Reason
  uint32_t op;     // failed: the step's Op
  uint32_t number; // failed: of the hook; explanation: see Reason
};

// What a failed step stumbled over, in SyncMessage::detail.
enum class Detail : uint32_t {
  none,
  destination,   // of a mount
  source,        // of a mount
  inside_proc,   // a mount beneath /proc that is not on the list
  not_plain,     // the destination of proc or sysfs is reached through a link
  not_proc,      // something else than procfs on /proc
  not_in_path,   // program look-up: no executable of that name in PATH
  missing,       // program look-up: stat failed
  no_permission, // program look-up
  is_folder,     // program look-up
  unreachable,   // the working folder is outside of the container
  option,        // of a mount; the option's index is added
  listener,      // linux.seccomp.listenerPath
  copy_up,       // of a tmpfs with tmpcopyup
};

// Why a program could not be executed, beyond the error number; the text behind the message names what it is about.
enum class Reason : uint32_t {
  none,
  interpreter_missing, // of a #! line; text: as the line has it
  interpreter_not_executable,
  no_interpreter_named,
  loader_missing, // PT_INTERP
  other_machine,  // number: e_machine
  cut_short,      // an ELF file
  empty,
  no_program,             // neither ELF nor #!
  noexec_mount,           // text: what lies on it
  in_path_not_executable, // text: what was found
  outside_of_path,        // text: where it is
  path_is_empty,          // text: where it is
  near_miss,              // text: what has a similar name
  folder_missing,         // text: the folder
};

// One packet; the text has no NUL and may be shorter.
struct ExplanationMessage {
  SyncMessage head;
  char text[512];
};

constexpr uint32_t no_step = UINT32_MAX; // failed before the plan was read

} // namespace oci::runtime
