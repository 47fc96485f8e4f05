// The container's system call filter, and the descriptor on which a listener judges calls (SCMP_ACT_NOTIFY).
#include "runtime/init/init.h"

#include <asm/errno.h>
#include <linux/filter.h>
#include <linux/mman.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <linux/stat.h>
#include <linux/time_types.h>

namespace init {

namespace {

long install(Init& in, const PlanStep& step, uint64_t flags) {
  struct sock_fprog program = {};
  program.len = static_cast<unsigned short>(step.a);
  program.filter = reinterpret_cast<struct sock_filter*>(in.data(step.s));
  return sys(__NR_seccomp, SECCOMP_SET_MODE_FILTER, step.b | flags, &program);
}

// Once the filter is on, nothing that we do is sure to be allowed: the listener's descriptor is sent by a second
// thread, which shares our memory and descriptors but not the filter. They speak through memory, without a system call.
struct Delivery {
  int socket;
  const char* text;
  size_t size;
  volatile int listener; // 0: not there yet
  volatile long result;  // 1: sent; -errno
};

void deliver(void* with) {
  auto& delivery = *static_cast<Delivery*>(with);
  struct __kernel_timespec pause = {0, 50'000};
  while (delivery.listener == 0) sys(__NR_nanosleep, &pause, nullptr);
  if (delivery.listener > 0) {
    const long sent = send_with_descriptor(delivery.socket, delivery.text, delivery.size, delivery.listener);
    delivery.result = sent < 0 ? sent : 1;
  }
  sys(__NR_exit, 0);
}

alignas(16) char thread_stack[8192];

long start_thread(void (*function)(void*), void* argument) {
  constexpr long flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
  auto** top = reinterpret_cast<void**>(thread_stack + sizeof thread_stack);
  *--top = argument;
  *--top = reinterpret_cast<void*>(function);
  long result;
#if defined(__x86_64__)
  register long r10 asm("r10") = 0;
  register long r8 asm("r8") = 0;
  asm volatile(
      "syscall\n test %%rax, %%rax\n jnz 1f\n xor %%ebp, %%ebp\n pop %%rax\n pop %%rdi\n call *%%rax\n hlt\n 1:"
      : "=a"(result)
      : "a"(__NR_clone), "D"(flags), "S"(top), "d"(0), "r"(r10), "r"(r8)
      : "rcx", "r11", "memory");
#else
  register long x8 asm("x8") = __NR_clone;
  register long x0 asm("x0") = flags;
  register long x1 asm("x1") = reinterpret_cast<long>(top);
  register long x2 asm("x2") = 0;
  register long x3 asm("x3") = 0;
  register long x4 asm("x4") = 0;
  asm volatile("svc 0\n cbnz x0, 1f\n ldp x1, x0, [sp], 16\n blr x1\n brk 0\n 1:"
               : "+r"(x0)
               : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4)
               : "memory");
  result = x0;
#endif
  return result;
}

inline void relax() {
#if defined(__x86_64__)
  asm volatile("pause" ::: "memory");
#else
  asm volatile("yield" ::: "memory");
#endif
}

long map_text(int fd, Delivery& delivery) {
  struct statx status = {};
  long result = sys(__NR_statx, fd, "", 0x1000 /* AT_EMPTY_PATH */, STATX_SIZE, &status);
  if (result < 0) return result;
  result = sys(__NR_mmap, nullptr, status.stx_size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (result < 0 && result > -4096) return result;
  delivery.text = reinterpret_cast<const char*>(result);
  delivery.size = status.stx_size;
  return 0;
}

long install_with_listener(Init& in, const PlanStep& step) {
  static Delivery delivery;
  delivery.socket = in.fd(fd_listener);
  long result = map_text(in.fd(fd_listener_state), delivery);
  if (result < 0) return result;
  result = start_thread(deliver, &delivery);
  if (result < 0) return result;
  result = install(in, step, SECCOMP_FILTER_FLAG_NEW_LISTENER);
  delivery.listener = static_cast<int>(result < 0 ? -1 : result);
  if (result < 0) return result;
  while (delivery.result == 0) relax();
  return delivery.result < 0 ? in.fails(delivery.result, Detail::listener) : 0;
}

} // namespace

long seccomp(Init& in, const PlanStep& step) {
  return in.fd(fd_listener) >= 0 ? install_with_listener(in, step) : install(in, step, 0);
}

} // namespace init
