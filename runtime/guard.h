// One clean-up, done unless what it belongs to was committed. A clean-up that fails is logged: the error on its way
// says more.
#pragma once

#include "base/log.h"

#include <functional>
#include <utility>

namespace oci::runtime {

class Guard {
public:
  explicit Guard(std::function<void()> clean_up) : clean_up_(std::move(clean_up)) {}
  Guard(Guard&& other) noexcept : clean_up_(std::exchange(other.clean_up_, nullptr)) {}
  Guard& operator=(Guard&&) = delete;
  ~Guard() {
    if (!clean_up_) return;
    try {
      clean_up_();
    } catch (const std::exception& error) {
      log::warning("clean up: ", std::string_view(error.what()));
    }
  }
  void commit() { clean_up_ = nullptr; }

private:
  std::function<void()> clean_up_;
};

} // namespace oci::runtime
