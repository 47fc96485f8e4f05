// Undoing first, dying second: SIGINT, SIGTERM, SIGHUP and SIGALRM (a deadline of the whole command) are held back
// while something half made could be left.
#pragma once

#include "base/fd.h"

#include <signal.h>

namespace oci {

class StopSignals {
public:
  StopSignals(); // ignored ones stay ignored; throws
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  // The mask is what it was. A signal that came meanwhile takes effect now: with its default action it ends us.
  ~StopSignals();

  int fd() const { return fd_.get(); } // readable once one came; not to be read from
  void check() const;                  // throws Error "interrupted" or "deadline exceeded" once one came

private:
  sigset_t original_;
  Fd fd_;
};

// For who was handed that descriptor, or another; -1: nothing to stop for. Throws Error "interrupted" once it is
// readable.
void check_stop(int fd);

} // namespace oci
