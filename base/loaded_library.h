// Shared libraries that are loaded when the first of their functions is called: what a verb does not use, and all that
// it needs in turn, costs the verb nothing.
#pragma once

#include <atomic>

namespace oci {

class LoadedLibrary {
public:
  // Lives as long as the program, and so does what it has loaded. name: its SONAME.
  constexpr explicit LoadedLibrary(const char* name) : name_(name) {}
  LoadedLibrary(const LoadedLibrary&) = delete;
  LoadedLibrary& operator=(const LoadedLibrary&) = delete;
  void* find(const char* symbol); // throws Error that names the library or the symbol

private:
  const char* name_;
  std::atomic<void*> handle_ = nullptr;
};

// F: the type of the function, decltype(::name). Called as the function itself.
template <class F>
class LoadedFunction {
public:
  constexpr LoadedFunction(LoadedLibrary& library, const char* name) : library_(library), name_(name) {}

  template <class... Arguments>
  decltype(auto) operator()(Arguments... arguments) const {
    return found()(arguments...);
  }

private:
  F* found() const {
    F* function = function_.load(std::memory_order_acquire);
    if (function == nullptr) {
      function = reinterpret_cast<F*>(library_.find(name_));
      function_.store(function, std::memory_order_release);
    }
    return function;
  }

  LoadedLibrary& library_;
  const char* name_;
  mutable std::atomic<F*> function_ = nullptr;
};

} // namespace oci
