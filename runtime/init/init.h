// The container's init: maps the plan and carries out its steps. No C library, no allocation, no threads.
// Every function gives 0 (or a descriptor) or -errno, and never waits for anything but what its step says.
#pragma once

#include "runtime/init/syscalls.h"
#include "runtime/init_plan.h"
#include "runtime/sync_protocol.h"

// The compiler makes calls of these by itself.
extern "C" void* memcpy(void* into, const void* from, size_t size);
extern "C" void* memset(void* into, int value, size_t size);

namespace init {

using namespace oci::runtime;

constexpr int current_folder = -100; // AT_FDCWD
constexpr size_t longest_path = 4096;
constexpr size_t longest_name = 256; // with its NUL

struct Init {
  char* plan = nullptr; // the mapped buffer
  const PlanHeader* header = nullptr;
  const PlanStep* steps = nullptr;
  uint32_t step = no_step; // the one being done
  uint32_t detail = 0;     // of its failure
  int root = -1;           // the container's root folder
  int null_device = -1;    // the host's /dev/null, O_PATH
  int parent = -1;         // the folder that the last of a row of steps worked in, see keeps_parent
  int mask_tree = -1;      // the empty read-only file system that masks folders
  int report = -1;         // where failures go
  uint64_t entered = 0;    // namespaces, by index of their descriptor
  bool in_working_folder = false;
  const char* program = nullptr; // what find_program found

  int fd(uint32_t index) const {
    return index < header->fd_count ? reinterpret_cast<const int32_t*>(plan + header->fds)[index] : -1;
  }
  char* data(uint64_t offset) const { return plan + header->data + offset; }
  const char* text(uint64_t offset) const { return data(offset); }
  // A list's offsets become pointers, once.
  char** list(uint64_t offset) const;
  long fails(long error, Detail why, uint32_t more = 0) {
    detail = static_cast<uint32_t>(why) + (more << 8);
    return error;
  }
};

// sync.cc
[[noreturn]] void exit(int status);
[[noreturn]] void give_up(Init& in, long error);
long send(Init& in, Sync kind, uint32_t value = 0);
long send_descriptor(Init& in, Sync kind, int fd);
long send_with_descriptor(int socket, const void* bytes, size_t size, int fd); // never waits
long wait_for(Init& in, Sync kind);
long ready(Init& in);

// namespaces.cc
long fork_inside(Init& in, const PlanStep& step);
long time_offsets(Init& in, const PlanStep& step);
long loopback_up();
long become_root();
long write_proc(Init& in, const char* path, const char* value);

// paths.cc: beneath the container's root, links followed inside of it; descriptors are O_PATH
long open_inside(Init& in, const char* path, uint64_t flags, uint64_t resolve = 0, uint32_t mode = 0);
enum class Kind { folder, file };
long open_or_make(Init& in, const char* path, Kind kind, uint32_t mode);
// The folder that holds the last component, made where missing; *name is that component. It is in.parent, not the
// caller's to close.
long find_parent(Init& in, const char* path, char* name);
// Devices, links and cgroups of /dev and /sys/fs/cgroup follow each other: the folder is looked up once for the row.
void forget_parent(Init& in);
long file_kind(int fd, uint32_t* mode, uint32_t* major = nullptr, uint32_t* minor = nullptr);
uint64_t file_system_magic(int fd);

// mounts.cc
long set_mount(int tree, uint64_t set, uint64_t clear, uint64_t propagation, bool recursive);
long mount(Init& in, const PlanStep& step);
long parent_private(const char* path);
long open_root(Init& in, const PlanStep& step);
long mount_flags(Init& in, const PlanStep& step);
long mask(Init& in, const PlanStep& step);
long read_only(Init& in, const PlanStep& step);
long pivot(Init& in, const PlanStep& step);
long move_root(Init& in);
long change_root(Init& in);
long attach(int tree, int target);
long clone_tree(int fd, bool recursive);

// copy_up.cc: what the container's folder `path` holds, into the folder `into`. A missing one is an empty one.
long copy_up(Init& in, const char* path, int into);

// devices.cc
long device(Init& in, const PlanStep& step);
long link(Init& in, const PlanStep& step);
long console(Init& in, const PlanStep& step);

// process.cc
long stdio_owner(uint32_t uid);
long bounding(uint64_t keep);
long user(Init& in, const PlanStep& step);
long capabilities(const PlanStep& step, bool ambient);
long working_folder(Init& in, const PlanStep& step);
long home(Init& in, const PlanStep& step);
long rlimit(const PlanStep& step);

// seccomp.cc
long seccomp(Init& in, const PlanStep& step);

// program.cc
long find_program(Init& in, const PlanStep& step);
long hook(Init& in, const PlanStep& step);
long execute(Init& in, const PlanStep& step);
const char* search_path(char* const* environment); // the value of PATH
void close_internal(Init& in);
void close_foreign(Init& in);

// explain.cc
void explain(Init& in, const PlanStep& step, long error);

// text.cc
size_t length(const char* text);
bool same(const char* a, const char* b);
bool starts_with(const char* text, const char* prefix);
const char* find(const char* text, char c); // nullptr: not there
// Joins the parts into `into`; false when they do not fit.
bool join(char* into, size_t size, const char* a, const char* b, const char* c = "", const char* d = "");

inline void close(long fd) {
  if (fd >= 0) sys(__NR_close, fd);
}

} // namespace init
