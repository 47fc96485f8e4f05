// The container's init as a file that can be executed and by nobody changed: a sealed copy in memory of the program
// that is embedded in ours. So whatever a container reaches by /proc/PID/exe is never our own file (CVE-2019-5736).
#pragma once

#include "base/fd.h"

#include <string_view>

namespace oci::runtime {

// Throws; names vm.memfd_noexec where that forbids it.
Fd init_program();

// A sealed file in memory with these bytes.
Fd sealed_memory(const char* name, std::string_view bytes);

} // namespace oci::runtime
