#include "runtime/init/init.h"

#include <asm/errno.h>
#include <asm/poll.h>
#include <asm/signal.h>
#include <linux/close_range.h>
#include <linux/fcntl.h>
#include <linux/sched.h>
#include <linux/stat.h>
#include <linux/time_types.h>

namespace init {

namespace {

constexpr unsigned last_fd = ~0U;

unsigned first_of_ours(const Init& in) { return 3 + in.header->preserve_fds; }

// Closes all from the first of ours up but the first `count` of the table.
void close_but(const Init& in, uint32_t count) {
  unsigned from = first_of_ours(in);
  for (;;) {
    unsigned next = last_fd;
    for (uint32_t i = 0; i < count; ++i) {
      int fd = in.fd(i);
      if (fd >= 0 && static_cast<unsigned>(fd) >= from && static_cast<unsigned>(fd) < next)
        next = static_cast<unsigned>(fd);
    }
    if (next == last_fd) break;
    if (next > from) sys(__NR_close_range, from, next - 1, 0);
    from = next + 1;
  }
  sys(__NR_close_range, from, last_fd, 0);
}

} // namespace

// What our caller left open has no business in the container; what is ours never reaches a program.
void close_foreign(Init& in) {
  close_but(in, in.header->fd_count);
  sys(__NR_close_range, first_of_ours(in), last_fd, CLOSE_RANGE_CLOEXEC);
}

void close_internal(Init& in) {
  close_but(in, fds_until_the_end);
  in.root = in.null_device = in.mask_tree = -1;
}

namespace {

long check_executable(const char* path, Detail* why) {
  struct statx status = {};
  *why = Detail::missing;
  long result = sys(__NR_statx, current_folder, path, 0, STATX_TYPE, &status);
  if (result < 0) return result;
  *why = Detail::is_folder;
  if ((status.stx_mode & S_IFMT) == S_IFDIR) return -EACCES;
  constexpr int executable = 1; // X_OK
  *why = Detail::no_permission;
  result = sys(__NR_faccessat2, current_folder, path, executable, AT_EACCESS);
  if (result == -ENOSYS) result = sys(__NR_faccessat, current_folder, path, executable);
  return result;
}

} // namespace

const char* search_path(char* const* environment) {
  for (; *environment != nullptr; ++environment)
    if (starts_with(*environment, "PATH=")) return *environment + 5;
  return "";
}

// As the program's user, in its working folder and root: what is found now is what execve gets.
long find_program(Init& in, const PlanStep& step) {
  static char candidate[longest_path];
  const char* name = in.list(step.a)[0];
  Detail why;
  if (find(name, '/') != nullptr) {
    long result = check_executable(name, &why);
    in.program = name;
    return result < 0 ? in.fails(result, why) : 0;
  }
  const char* at = search_path(in.list(step.b));
  while (*name != 0 && *at != 0) {
    char folder[longest_path / 2];
    size_t size = 0;
    for (; *at != 0 && *at != ':'; ++at)
      if (size < sizeof folder - 1) folder[size++] = *at;
    folder[size] = 0;
    if (*at == ':') ++at;
    if (!join(candidate, sizeof candidate, size == 0 ? "." : folder, "/", name)) continue;
    if (check_executable(candidate, &why) < 0) continue;
    in.program = candidate;
    return 0;
  }
  return in.fails(-ENOENT, Detail::not_in_path);
}

namespace {

[[noreturn]] void run_hook(Init& in, const PlanStep& step) {
  int state = in.fd(fd_state);
  if (state >= 0) {
    sys(__NR_lseek, state, 0, 0);
    sys(__NR_dup3, state, 0, 0);
  }
  sys(__NR_execve, in.text(step.s), in.list(step.a), in.list(step.b));
  exit(127);
}

long wait_for_end(long pid, long pidfd, uint64_t seconds) {
  if (seconds > 0) {
    struct {
      int fd;
      short events, happened;
    } ended = {static_cast<int>(pidfd), POLLIN, 0};
    struct __kernel_timespec time = {static_cast<long long>(seconds), 0};
    long result = sys(__NR_ppoll, &ended, 1, &time, nullptr, 0);
    if (result == 0) {
      sys(__NR_kill, pid, SIGKILL);
      sys(__NR_wait4, pid, nullptr, 0, nullptr);
      return -ETIMEDOUT;
    }
  }
  int status = 0;
  long result;
  do result = sys(__NR_wait4, pid, &status, 0, nullptr);
  while (result == -EINTR);
  return result < 0 ? result : status;
}

} // namespace

long hook(Init& in, const PlanStep& step) {
  Detail why;
  long result = check_executable(in.text(step.s), &why);
  if (result < 0) return result;
  int pidfd = -1;
  struct clone_args args = {};
  args.flags = CLONE_PIDFD;
  args.pidfd = reinterpret_cast<uint64_t>(&pidfd);
  args.exit_signal = SIGCHLD;
  long pid = sys(__NR_clone3, &args, sizeof args);
  if (pid == 0) run_hook(in, step);
  if (pid < 0) return pid;
  result = wait_for_end(pid, pidfd, step.c);
  close(pidfd);
  if (result <= 0) return result;
  in.detail = static_cast<uint32_t>(result);
  return -ECHILD; // its status says it
}

long execute(Init& in, const PlanStep& step) { return sys(__NR_execve, in.program, in.list(step.a), in.list(step.b)); }

} // namespace init
