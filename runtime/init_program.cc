#include "runtime/init_program.h"

#include "base/io.h"
#include "base/sys.h"

#include <sys/mman.h>

// init_blob.S
extern "C" {
extern const char oci_init_begin[];
extern const char oci_init_end[];
}

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

namespace oci::runtime {

namespace {

constexpr int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

Fd fill_and_seal(Fd file, const char* name, std::string_view bytes) {
  check(write_all(file.get(), bytes), "write ", name);
  if (fcntl(file.get(), F_ADD_SEALS, seals) < 0) fail_errno(Errno{errno}, cat("seal ", name));
  return file;
}

// Kernels before 6.3 do not know the flag, and need none.
Result<Fd> memory(const char* name, unsigned flag) {
  Result<Fd> file = sys::memfd_create(name, MFD_ALLOW_SEALING | flag);
  if (!file && file.error() == EINVAL) return sys::memfd_create(name, MFD_ALLOW_SEALING);
  return file;
}

} // namespace

Fd init_program() {
  Result<Fd> file = memory("oci:init", MFD_EXEC);
  if (!file && file.error() == EACCES)
    throw Error("the container's init cannot be executed from memory: sysctl vm.memfd_noexec is 2")
        .with_hint("set vm.memfd_noexec to 0 or 1");
  std::string_view program(oci_init_begin, static_cast<std::size_t>(oci_init_end - oci_init_begin));
  return fill_and_seal(check(std::move(file), "memfd_create oci:init"), "oci:init", program);
}

Fd sealed_memory(const char* name, std::string_view bytes) {
  return fill_and_seal(check(memory(name, MFD_NOEXEC_SEAL), "memfd_create ", name), name, bytes);
}

} // namespace oci::runtime
