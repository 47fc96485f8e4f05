#include "runtime/init/init.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/socket.h>
#include <linux/uio.h>

namespace init {

void exit(int status) {
  sys(__NR_exit_group, status);
  __builtin_trap(); // the container's filter forbids even that
}

// write, not sendmsg: the container's filter is on when the last step fails, and forbids it less likely.
void give_up(Init& in, long error) {
  const PlanStep& step = in.steps[in.step];
  SyncMessage message = {Sync::failed, static_cast<int32_t>(-error),   in.step,
                         in.detail,    static_cast<uint32_t>(step.op), static_cast<uint32_t>(step.d)};
  sys(__NR_write, in.report, &message, sizeof message);
  // After what must be heard: the filter may end us for looking.
  if (step.op == Op::find_program || step.op == Op::execute) explain(in, step, error);
  exit(1);
}

long send(Init& in, Sync kind, uint32_t value) {
  SyncMessage message = {kind, 0, in.step, value, 0, 0};
  long result = sys(__NR_write, in.fd(fd_sync), &message, sizeof message);
  return result < 0 ? result : 0;
}

namespace {

// As the kernel lays them out; the C library's header would define them.
struct ControlOfOne {
  uint64_t length;
  int level, type;
  int fd, padding;
};
struct MessageHeader {
  void* name;
  int name_length;
  const iovec* vectors;
  uint64_t vector_count;
  void* control;
  uint64_t control_length;
  unsigned flags;
};

long receive(int fd, SyncMessage* message) {
  long size;
  do size = sys(__NR_read, fd, message, sizeof *message);
  while (size == -EINTR);
  return size;
}

} // namespace

long send_with_descriptor(int socket, const void* bytes, size_t size, int fd) {
  constexpr int socket_level = 1, rights = 1; // SOL_SOCKET, SCM_RIGHTS
  constexpr int without_wait = 0x40, no_signal = 0x4000;
  iovec vector = {const_cast<void*>(bytes), size};
  ControlOfOne control = {sizeof(uint64_t) + 2 * sizeof(int) + sizeof(int), socket_level, rights, fd, 0};
  MessageHeader header = {nullptr, 0, &vector, 1, &control, sizeof control, 0};
  long result = sys(__NR_sendmsg, socket, &header, without_wait | no_signal);
  return result < 0 ? result : 0;
}

long send_descriptor(Init& in, Sync kind, int fd) {
  SyncMessage message = {kind, 0, in.step, 0, 0, 0};
  return send_with_descriptor(in.fd(fd_sync), &message, sizeof message, fd);
}

// Without a runtime that listens there is no container.
long wait_for(Init& in, Sync kind) {
  SyncMessage message = {};
  long size = receive(in.fd(fd_sync), &message);
  if (size == 0) exit(1);
  if (size < 0) return size;
  return size == sizeof message && message.kind == kind ? 0 : -EPROTO;
}

long ready(Init& in) {
  long result = send(in, Sync::ready);
  if (result < 0) return result;
  int listener = in.fd(fd_start);
  if (listener < 0) return wait_for(in, Sync::start);
  close(in.fd(fd_sync)); // create may go
  for (;;) {
    long connection = sys(__NR_accept4, listener, nullptr, nullptr, O_CLOEXEC);
    if (connection < 0) continue; // who connected has gone
    SyncMessage message;
    if (receive(static_cast<int>(connection), &message) == sizeof message && message.kind == Sync::start) {
      in.report = static_cast<int>(connection);
      return 0;
    }
    close(connection); // it only asked whether somebody listens
  }
}

} // namespace init
