#include "base/fd.h"

#include <cerrno>
#include <unistd.h>

namespace oci {

void Fd::reset(int fd) {
  int old = std::exchange(fd_, fd);
  if (old < 0) return;
  int saved = errno; // runs in destructors, between a failure and whoever looks at it
  ::close(old);      // never retried: Linux has released the number even on EINTR
  errno = saved;
}

} // namespace oci
