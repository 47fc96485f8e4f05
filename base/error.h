// Errors: Result<T> where the caller decides, the one Error type where it gives up (docs/errors.md).
#pragma once

#include "base/text.h"

#include <exception>
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace oci {

// A kernel error number. Never 0.
struct Errno {
  int value;
  friend bool operator==(Errno a, Errno b) { return a.value == b.value; }
  friend bool operator==(Errno a, int b) { return a.value == b; }
};

template <class T>
using Result = tl::expected<T, Errno>;

// The text for an error number, lower case as engines expect it: "no such file or directory".
std::string errno_text(int error_number);

// What is thrown to give up. The message reads outermost context first, lower case, no period:
// "create x: mount proc on /proc: permission denied".
class Error : public std::exception {
public:
  explicit Error(std::string message, int exit_code = 1) : message_(std::move(message)), exit_code_(exit_code) {}

  const char* what() const noexcept override { return message_.c_str(); }
  const std::string& message() const { return message_; }
  // The status the program exits with when nobody catches this (docs/errors.md lists them).
  int exit_code() const { return exit_code_; }
  // What the user could do about it; "" when unknown. Printed on a line of its own after the error.
  const std::string& hint() const { return hint_; }
  // The kernel's error number behind this error, or 0.
  int error_number() const { return error_number_; }

  Error&& within(std::string_view context) && {
    message_ = cat(context, ": ", message_);
    return std::move(*this);
  }
  Error&& with_hint(std::string hint) && {
    hint_ = std::move(hint);
    return std::move(*this);
  }
  Error&& with_exit_code(int code) && {
    exit_code_ = code;
    return std::move(*this);
  }
  Error&& with_errno(int error_number) && {
    error_number_ = error_number;
    return std::move(*this);
  }

private:
  std::string message_;
  std::string hint_;
  int exit_code_;
  int error_number_ = 0;
};

// throw fail("open ", path, ": ", errno_text(e)) with the parts joined.
template <class... Parts>
[[noreturn]] void fail(const Parts&... parts) {
  throw Error(cat(parts...));
}

[[noreturn]] void fail_errno(Errno error, std::string context);

// Gives up with "<parts>: <errno text>" unless the result holds a value: Fd f = check(sys::open(p, O_RDONLY), "open ",
// p).
template <class T, class... Parts>
T check(Result<T>&& result, const Parts&... parts) {
  if (!result) fail_errno(result.error(), cat(parts...));
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// Runs `body`; an Error that leaves it gets `context: ` put before its message.
template <class F>
decltype(auto) with_context(std::string_view context, F&& body) {
  try {
    return std::forward<F>(body)();
  } catch (Error& error) {
    std::move(error).within(context);
    throw; // not a copy: it stays the kind of error it is
  }
}

} // namespace oci
