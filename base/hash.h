// SHA-256 and SHA-512 by OpenSSL. A library of its own (base_hash): only the image half links it.
#pragma once

#include "base/digest.h"
#include "base/io.h"

#include <memory>
#include <string_view>

namespace oci {

class Hasher {
public:
  explicit Hasher(std::string_view algorithm = "sha256"); // "sha256" or "sha512"
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  ~Hasher();
  void update(Bytes bytes);
  Digest finish(); // once

private:
  struct State;
  std::unique_ptr<State> state_;
};

Digest digest_of(std::string_view bytes, std::string_view algorithm = "sha256");

} // namespace oci
