#include "runtime/init/init.h"

#include <asm/errno.h>
#include <asm/signal.h>
#include <linux/mman.h>
#include <linux/mount.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/stat.h>

#if defined(__x86_64__)
asm(".globl _start\n_start:\n  xor %ebp, %ebp\n  mov %rsp, %rdi\n  and $-16, %rsp\n  call init_main\n  hlt\n");
#else
asm(".globl _start\n_start:\n  mov x29, #0\n  mov x30, #0\n  mov x0, sp\n  bl init_main\n");
#endif

namespace init {

char** Init::list(uint64_t offset) const {
  char** items = reinterpret_cast<char**>(data(offset));
  for (char** item = items; *item != nullptr; ++item) {
    uint64_t value = reinterpret_cast<uint64_t>(*item);
    if (value < header->size) *item = data(value); // no pointer is that small
  }
  return items;
}

namespace {

long new_session(Init&) {
  long result = sys(__NR_setsid);
  return result == -EPERM ? 0 : result; // we lead one already
}

long keyring(Init& in, const PlanStep& step) {
  constexpr int join_session_keyring = 1;
  long result = sys(__NR_keyctl, join_session_keyring, in.text(step.s));
  return result == -ENOSYS ? 0 : result;
}

long make_folder(Init& in, const PlanStep& step) {
  long fd = open_or_make(in, in.text(step.t), Kind::folder, static_cast<uint32_t>(step.a));
  if (fd < 0) return fd;
  close(fd);
  return 0;
}

long enter(Init& in, const PlanStep& step) {
  uint64_t bit = uint64_t{1} << (step.a & 63);
  if ((step.flags & step_if_needed) != 0 && (in.entered & bit) != 0) return 0;
  long result = sys(__NR_setns, in.fd(static_cast<uint32_t>(step.a)), step.b);
  if (result >= 0) in.entered |= bit;
  return result;
}

long propagation(const PlanStep& step) {
  return sys(__NR_mount, nullptr, "/", nullptr, step.a | (step.flags & step_recursive ? MS_REC : 0), nullptr);
}

long label(Init& in, const PlanStep& step) {
  char path[256];
  if (!join(path, sizeof path, "self/attr/", in.text(step.s))) return -ENAMETOOLONG;
  return write_proc(in, path, in.text(step.t));
}

long sysctl(Init& in, const PlanStep& step) {
  char path[256];
  if (!join(path, sizeof path, "sys/", in.text(step.s))) return -ENAMETOOLONG;
  return write_proc(in, path, in.text(step.t));
}

// Steps whose parents may be what the step before has found: nothing of the container's runs meanwhile.
bool keeps_parent(Init& in, const PlanStep& step) {
  if (step.op == Op::device || step.op == Op::link) return true;
  return step.op == Op::mount && (reinterpret_cast<const MountStep*>(in.data(step.a))->flags & mount_fresh) != 0;
}

long io_priority(const PlanStep& step) {
  constexpr int of_process = 1;
  return sys(__NR_ioprio_set, of_process, 0, step.a);
}

long perform(Init& in, const PlanStep& step) {
  switch (step.op) {
  case Op::wait_go:
    return wait_for(in, Sync::go);
  case Op::ask_hooks: {
    long result = send(in, Sync::hooks);
    return result < 0 ? result : wait_for(in, Sync::go);
  }
  case Op::become_root:
    return become_root();
  case Op::ready:
    return ready(in);
  case Op::enter:
    return enter(in, step);
  case Op::fork_inside:
    return fork_inside(in, step);
  case Op::unshare:
    return sys(__NR_unshare, step.a);
  case Op::time_offsets:
    return time_offsets(in, step);
  case Op::keyring:
    return keyring(in, step);
  case Op::session:
    return new_session(in);
  case Op::hostname:
    return sys(__NR_sethostname, in.text(step.s), length(in.text(step.s)));
  case Op::domainname:
    return sys(__NR_setdomainname, in.text(step.s), length(in.text(step.s)));
  case Op::loopback_up:
    return loopback_up();
  case Op::propagation:
    return propagation(step);
  case Op::parent_private:
    return parent_private(in.text(step.s));
  case Op::open_root:
    return open_root(in, step);
  case Op::mount:
    return mount(in, step);
  case Op::device:
    return device(in, step);
  case Op::link:
    return link(in, step);
  case Op::folder:
    return make_folder(in, step);
  case Op::console:
    return console(in, step);
  case Op::mask:
    return mask(in, step);
  case Op::read_only:
    return read_only(in, step);
  case Op::mount_flags:
    return mount_flags(in, step);
  case Op::sysctl:
    return sysctl(in, step);
  case Op::label:
    return label(in, step);
  case Op::pivot:
    return pivot(in, step);
  case Op::move_root:
    return move_root(in);
  case Op::change_root:
    return change_root(in);
  case Op::hook:
    return hook(in, step);
  case Op::umask:
    return sys(__NR_umask, step.a), 0;
  case Op::rlimit:
    return rlimit(step);
  case Op::scheduler:
    return sys(__NR_sched_setattr, 0, in.data(step.s), 0);
  case Op::io_priority:
    return io_priority(step);
  case Op::personality:
    return sys(__NR_personality, step.a);
  case Op::memory_policy:
    return sys(__NR_set_mempolicy, step.a, step.b == 0 ? nullptr : in.data(step.s), step.b);
  case Op::stdio_owner:
    return stdio_owner(static_cast<uint32_t>(step.a));
  case Op::bounding:
    return bounding(step.a);
  case Op::user:
    return user(in, step);
  case Op::capabilities:
    return capabilities(step, true);
  case Op::no_new_privileges:
    return sys(__NR_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  case Op::working_folder:
    return working_folder(in, step);
  case Op::home:
    return home(in, step);
  case Op::find_program:
    return find_program(in, step);
  case Op::close_internal:
    return close_internal(in), 0;
  case Op::seccomp:
    return seccomp(in, step);
  case Op::final_capabilities:
    return capabilities(step, false);
  case Op::execute:
    return execute(in, step);
  }
  return -ENOSYS;
}

int number(const char* text) {
  int value = 0;
  for (; *text >= '0' && *text <= '9'; ++text) value = value * 10 + (*text - '0');
  return value;
}

void map_plan(Init& in, int fd) {
  struct statx status = {};
  long result = sys(__NR_statx, fd, "", 0x1000 /* AT_EMPTY_PATH */, STATX_SIZE, &status);
  if (result < 0) exit(1);
  result = sys(__NR_mmap, nullptr, status.stx_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
  if (result < 0 && result > -4096) exit(1);
  in.plan = reinterpret_cast<char*>(result);
  in.header = reinterpret_cast<const PlanHeader*>(in.plan);
  if (in.header->magic != plan_magic || in.header->size != status.stx_size) exit(1);
  in.steps = reinterpret_cast<const PlanStep*>(in.plan + plan_steps_offset);
  in.report = in.fd(fd_sync);
  close(fd);
}

} // namespace
} // namespace init

// argv[1] is the number of the plan's descriptor.
extern "C" [[noreturn]] void init_main(long* stack) {
  using namespace init;
  static Init in;
  if (stack[0] != 2) init::exit(1);
  // Before anything of the container's can see us.
  sys(__NR_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
  sys(__NR_prctl, PR_SET_NAME, "oci:init", 0, 0, 0);
  sys(__NR_umask, 0);
  map_plan(in, number(reinterpret_cast<const char*>(stack[2])));
  close_foreign(in);
  for (in.step = 0; in.step < in.header->step_count; ++in.step) {
    const PlanStep& step = in.steps[in.step];
    in.detail = 0;
    const bool keeps = keeps_parent(in, step);
    if (!keeps) forget_parent(in);
    long result = perform(in, step);
    if (!keeps) forget_parent(in);
    if (result < 0 && !(step.flags & step_may_fail)) give_up(in, result);
  }
  init::exit(1); // the last step executes the program
}
