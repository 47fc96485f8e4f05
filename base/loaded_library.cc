#include "base/loaded_library.h"

#include "base/error.h"

#include <dlfcn.h>

namespace oci {
namespace {

std::string loader_error() {
  const char* text = ::dlerror();
  return text == nullptr ? "unknown error" : text;
}

} // namespace

// Loaded twice at the same time it is the same one, which the loader counts.
void* LoadedLibrary::find(const char* symbol) {
  void* handle = handle_.load(std::memory_order_acquire);
  if (handle == nullptr) {
    handle = ::dlopen(name_, RTLD_LAZY | RTLD_LOCAL);
    if (handle == nullptr)
      throw Error(cat("load ", name_, ": ", loader_error())).with_hint("install the package that has this library");
    handle_.store(handle, std::memory_order_release);
  }
  void* found = ::dlsym(handle, symbol);
  if (found == nullptr) fail("load ", name_, ": ", loader_error());
  return found;
}

} // namespace oci
