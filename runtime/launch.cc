#include "runtime/launch.h"

#include "base/io.h"
#include "base/sys.h"
#include "runtime/explanation.h"
#include "runtime/id_maps.h"
#include "runtime/init_program.h"
#include "runtime/mapped_mount.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <linux/magic.h>
#include <linux/mount.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_CLEAR_SIGHAND
#define CLONE_CLEAR_SIGHAND 0x100000000ULL
#endif
#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif

namespace oci::runtime {

namespace {

// As the first version of clone3 knows it.
struct CloneArguments {
  std::uint64_t flags = 0, pidfd = 0, child_tid = 0, parent_tid = 0, exit_signal = 0, stack = 0, stack_size = 0,
                tls = 0;
};

void require_single_thread() {
  // Allowed for a single thread only, and then it does nothing.
  if (unshare(CLONE_THREAD) < 0) fail("the runtime was called from a process with several threads");
}

Fd open_host_proc() {
  Fd proc = check(sys::open("/proc", O_PATH | O_DIRECTORY), "open /proc");
  struct statfs status;
  if (fstatfs(proc.get(), &status) < 0 || status.f_type != PROC_SUPER_MAGIC) fail("/proc is not a proc file system");
  return proc;
}

Fd open_tree(const InitPlan::Tree& tree) {
  unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (tree.recursive ? AT_RECURSIVE : 0) |
                   (tree.source_itself ? AT_SYMLINK_NOFOLLOW : 0);
  long fd = syscall(SYS_open_tree, AT_FDCWD, tree.source.c_str(), flags);
  if (fd < 0) fail_errno(Errno{errno}, cat(tree.field, ": mount source ", tree.source));
  Fd opened(static_cast<int>(fd));
  if (!tree.user_namespace.empty() || !tree.uid_mappings.empty()) map_mount_ids(opened.get(), tree);
  return opened;
}

// The descriptors that init finds in its table: opened here, numbered there, handed on by the clone.
class Table {
public:
  explicit Table(std::string& buffer) : buffer_(buffer) { std::memcpy(&header_, buffer.data(), sizeof header_); }
  void set(std::uint32_t index, int fd) {
    if (fd < 0) return;
    std::memcpy(buffer_.data() + header_.fds + index * sizeof(std::int32_t), &fd, sizeof fd);
    numbers_.push_back(fd);
  }
  void keep(std::uint32_t index, Fd fd) {
    set(index, fd.get());
    kept_.push_back(std::move(fd));
  }
  const std::vector<int>& numbers() const { return numbers_; }

private:
  std::string& buffer_;
  PlanHeader header_{};
  std::vector<int> numbers_;
  std::vector<Fd> kept_;
};

void open_all(Table& table, const InitPlan& plan, const LaunchOptions& options) {
  table.set(fd_start, options.start_listener);
  table.set(fd_state, options.state);
  table.set(fd_listener, options.listener);
  table.set(fd_listener_state, options.listener_state);
  if (options.container_pidfd >= 0) table.set(first_free_fd, options.container_pidfd);
  if (plan.needs_proc) table.keep(fd_proc, open_host_proc());
  for (const InitPlan::Join& join : plan.joins)
    table.keep(join.descriptor, check(sys::open(join.path, O_RDONLY), join.field, ": ", join.path));
  for (const InitPlan::Tree& tree : plan.trees) table.keep(tree.descriptor, open_tree(tree));
}

struct ChildArguments {
  int program, plan, sync;
  const std::vector<int>& descriptors;
  const sigset_t& mask;
  bool becomes_root;
};

// Between clone and exec: system calls and nothing else. What fails is told as a failure before the first step.
// (AddressSanitizer knows nothing of its stack.)
[[noreturn]] __attribute__((no_sanitize("address"))) void child(const ChildArguments& with) {
  bool fine = true;
  if (with.becomes_root) {
    SyncMessage message{};
    fine = read(with.sync, &message, sizeof message) == sizeof message && message.kind == Sync::mapped &&
           syscall(SYS_setresgid, 0, 0, 0) == 0 && syscall(SYS_setresuid, 0, 0, 0) == 0;
  }
  if (fine) {
    sigprocmask(SIG_SETMASK, &with.mask, nullptr);
    signal(SIGPIPE, SIG_DFL);
    for (int fd : with.descriptors) fcntl(fd, F_SETFD, 0);
    fcntl(with.plan, F_SETFD, 0);
    char number[12];
    char* digit = number + sizeof number;
    *--digit = '\0';
    for (int rest = with.plan; digit == number + sizeof number - 1 || rest > 0; rest /= 10)
      *--digit = static_cast<char>('0' + rest % 10);
    char name[] = "oci:init";
    char* argv[] = {name, digit, nullptr};
    char* envp[] = {nullptr};
    syscall(SYS_execveat, with.program, "", argv, envp, AT_EMPTY_PATH);
  }
  SyncMessage failed{Sync::failed, errno, no_step, 0, 0, 0};
  (void)!write(with.sync, &failed, sizeof failed);
  _exit(1);
}

__attribute__((no_sanitize("address"))) int begin_child(void* with) {
  child(*static_cast<const ChildArguments*>(with));
}

// As vfork does it: the child uses our memory, and we wait, until it executes. Nothing is copied, and no page is
// written twice. The stack is its own, since ours is where we wait.
pid_t clone_in_our_memory(std::uint64_t flags, ChildArguments with, int& pidfd) {
  alignas(16) static char stack[32768];
  return clone(begin_child, stack + sizeof stack, static_cast<int>(flags) | CLONE_VM | CLONE_VFORK | SIGCHLD, &with,
               &pidfd);
}

// One that has to hear from us before it executes gets a copy of our memory.
pid_t clone_with_memory(std::uint64_t flags, const ChildArguments& with, int& pidfd) {
  CloneArguments arguments;
  arguments.flags = flags | CLONE_CLEAR_SIGHAND;
  arguments.pidfd = reinterpret_cast<std::uint64_t>(&pidfd);
  arguments.exit_signal = SIGCHLD;
  long pid = syscall(SYS_clone3, &arguments, sizeof arguments);
  if (pid == 0) child(with);
  return static_cast<pid_t>(pid);
}

} // namespace

void check_descriptors(unsigned preserve_fds) {
  for (int fd = 0; fd < 3; ++fd)
    if (fcntl(fd, F_GETFD) < 0 && ::open("/dev/null", O_RDWR) != fd)
      fail("open /dev/null in the place of a closed stream");
  for (unsigned i = 0; i < preserve_fds; ++i) {
    int flags = fcntl(static_cast<int>(3 + i), F_GETFD);
    if (flags < 0 || (flags & FD_CLOEXEC) != 0) fail("preserve-fds: descriptor ", 3 + i, " is not open");
  }
}

InitProcess::InitProcess(InitPlan& plan, const LaunchOptions& options) : plan_buffer_(&plan.buffer) {
  require_single_thread();
  Table table(plan.buffer);
  open_all(table, plan, options);
  sys::SocketPair sockets = check(sys::socketpair(SOCK_SEQPACKET), "make a socket pair");
  table.set(fd_sync, sockets.child.get());
  Fd plan_file = sealed_memory("oci:plan", plan.buffer);
  Fd program = init_program();

  int pidfd = -1;
  const std::uint64_t flags = plan.clone_flags | CLONE_PIDFD;
  const bool becomes_root = (plan.clone_flags & CLONE_NEWUSER) != 0;
  const ChildArguments with{program.get(),   plan_file.get(),     sockets.child.get(),
                            table.numbers(), options.signal_mask, becomes_root};
  const pid_t pid = becomes_root ? clone_with_memory(flags, with, pidfd) : clone_in_our_memory(flags, with, pidfd);
  if (pid < 0) fail_errno(Errno{errno}, "make the container's process");
  pid_ = pid;
  pidfd_ = Fd(pidfd);
  sync_ = std::move(sockets.parent);
  sockets.child.reset();

  try {
    introduce(plan, options);
  } catch (...) {
    kill_and_reap();
    throw;
  }
}

InitProcess::~InitProcess() { kill_and_reap(); }

void InitProcess::introduce(const InitPlan& plan, const LaunchOptions& options) {
  if (plan.enters) learn_pid();
  if (plan.new_user_namespace && options.id_maps != nullptr) write_id_maps(pid_, *options.id_maps);
  if ((plan.clone_flags & CLONE_NEWUSER) != 0) send(Sync::mapped);
  if (options.on_pid) options.on_pid(pid_);
  send(Sync::go);
}

void InitProcess::kill_and_reap() {
  if (pid_ <= 0) return;
  (void)sys::pidfd_send_signal(pidfd_.get(), SIGKILL);
  siginfo_t info{};
  while (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

// Init entered the namespaces and forked: the child is ours, and the one that counts.
void InitProcess::learn_pid() {
  std::optional<SyncMessage> message = receive();
  if (!message) fail_ended();
  if (message->kind != Sync::pid) fail("the container's init spoke out of turn");
  pid_t inside = static_cast<pid_t>(message->detail);
  Fd pidfd = check(sys::pidfd_open(inside), "open the container's process");
  siginfo_t info{};
  while (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED) < 0 && errno == EINTR) {
  }
  pid_ = inside;
  pidfd_ = std::move(pidfd);
}

std::optional<SyncMessage> InitProcess::receive() {
  SyncMessage message{};
  // The process beside its socket: a copy of that may live longer, in a hook that was started.
  pollfd watched[] = {{sync_.get(), POLLIN, 0}, {pidfd_.get(), POLLIN, 0}};
  while (poll(watched, 2, -1) < 0)
    if (errno != EINTR) fail_errno(Errno{errno}, "poll");
  if ((watched[0].revents & (POLLIN | POLLHUP)) == 0) return std::nullopt;
  Result<sys::Received> received = sys::receive_fds(sync_.get(), {reinterpret_cast<char*>(&message), sizeof message});
  if (!received) {
    if (received.error() == ECONNRESET) return std::nullopt;
    fail_errno(received.error(), "hear from the container's init");
  }
  if (received->size == 0) return std::nullopt;
  if (received->size != sizeof message) fail("the container's init spoke out of turn");
  if (message.kind == Sync::failed) fail_with(message);
  if (message.kind == Sync::terminal && received->fds.size() == 1) terminal_ = std::move(received->fds[0]);
  return message;
}

void InitProcess::fail_with(const SyncMessage& message) const {
  const auto op = static_cast<Op>(message.op);
  const bool of_program = op == Op::find_program || op == Op::execute;
  throw Error(cat(describe_failure(*plan_buffer_, message), of_program ? hear_explanation(sync_.get()) : ""))
      .with_errno(message.error);
}

// Its end of the socket is closed a moment before it can be waited for.
void InitProcess::fail_ended() {
  constexpr int tries = 100;
  constexpr timespec moment{0, 10'000'000};
  siginfo_t info{};
  for (int i = 0;
       i < tries && waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0;
       ++i)
    nanosleep(&moment, nullptr);
  if (info.si_pid != pid_ || info.si_code == CLD_EXITED) fail("the container's init ended");
  Error error(cat("the container's init was killed by signal ", info.si_status));
  if (info.si_status != SIGKILL) throw error;
  throw std::move(error).with_hint("most likely it ran out of memory: linux.resources.memory.limit may be too low");
}

InitProcess::Stage InitProcess::wait() {
  for (;;) {
    std::optional<SyncMessage> message = receive();
    if (!message) fail_ended();
    if (message->kind == Sync::hooks) return Stage::hooks;
    if (message->kind == Sync::ready) return Stage::ready;
    if (message->kind != Sync::terminal) fail("the container's init spoke out of turn");
  }
}

void InitProcess::wait_for_exec() {
  if (receive()) fail("the container's init spoke out of turn");
}

void InitProcess::send(Sync kind) {
  SyncMessage message{};
  message.kind = kind;
  // When it has gone, what it said before tells more than this.
  ssize_t sent = ::send(sync_.get(), &message, sizeof message, MSG_NOSIGNAL);
  if (sent < 0 && errno != EPIPE && errno != ECONNRESET) fail_errno(Errno{errno}, "speak to the container's init");
}

} // namespace oci::runtime
