// Bytes in and out: the two interfaces that pipelines are composed of, and whole-file helpers.
#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oci {

using Bytes = std::span<const std::byte>;

inline Bytes as_bytes(std::string_view text) { return {reinterpret_cast<const std::byte*>(text.data()), text.size()}; }
inline std::string_view as_text(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

// Pull side. read returns 0 only at the end; throws Error.
class Source {
public:
  virtual ~Source() = default;
  virtual std::size_t read(std::span<std::byte> into) = 0;
};

// Push side. Throws Error.
class Sink {
public:
  virtual ~Sink() = default;
  virtual void write(Bytes bytes) = 0;
};

// Does not own the descriptor. `name` is used in errors: "read <name>: input/output error".
class FdSource final : public Source {
public:
  FdSource(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}
  std::size_t read(std::span<std::byte> into) override;

private:
  int fd_;
  std::string name_;
};

class FdSink final : public Sink {
public:
  FdSink(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}
  void write(Bytes bytes) override;

private:
  int fd_;
  std::string name_;
};

// Hands small writes on together.
class BufferedSink final : public Sink {
public:
  explicit BufferedSink(Sink& inner) : inner_(inner) {}
  void write(Bytes bytes) override;
  void flush(); // to be called at the end

private:
  Sink& inner_;
  std::vector<std::byte> buffer_;
};

class StringSource final : public Source {
public:
  explicit StringSource(std::string text) : text_(std::move(text)) {}
  std::size_t read(std::span<std::byte> into) override;

private:
  std::string text_;
  std::size_t at_ = 0;
};

Result<void> write_all(int fd, std::string_view bytes);

// The rest of what fd holds; fails with "<name>: larger than <limit> bytes" beyond the limit.
std::string read_all(int fd, std::size_t limit, std::string_view name);

} // namespace oci
