#include "base/hash.h"

#include <array>
#include <openssl/evp.h>

namespace oci {

namespace {

const EVP_MD* implementation(std::string_view algorithm) {
  if (algorithm == "sha256") return EVP_sha256();
  if (algorithm == "sha512") return EVP_sha512();
  fail("unsupported digest algorithm ", printable(algorithm, 40));
}

std::string hex(Bytes bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (std::byte byte : bytes) {
    text += digits[std::to_integer<unsigned>(byte) >> 4];
    text += digits[std::to_integer<unsigned>(byte) & 15];
  }
  return text;
}

void must(int success) {
  if (success != 1) fail("compute digest: OpenSSL refuses");
}

} // namespace

struct Hasher::State {
  struct Free {
    void operator()(EVP_MD_CTX* owned) const { EVP_MD_CTX_free(owned); }
  };
  std::string algorithm;
  std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
};

Hasher::Hasher(std::string_view algorithm) : state_(std::make_unique<State>()) {
  state_->algorithm = algorithm;
  must(EVP_DigestInit_ex(state_->context.get(), implementation(algorithm), nullptr));
}

Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;
Hasher::~Hasher() = default;

void Hasher::update(Bytes bytes) { must(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size())); }

Digest Hasher::finish() {
  std::array<std::byte, EVP_MAX_MD_SIZE> bytes;
  unsigned size = 0;
  must(EVP_DigestFinal_ex(state_->context.get(), reinterpret_cast<unsigned char*>(bytes.data()), &size));
  return Digest::parse(cat(state_->algorithm, ':', hex(Bytes(bytes).first(size)))).value();
}

Digest digest_of(std::string_view bytes, std::string_view algorithm) {
  Hasher hasher(algorithm);
  hasher.update(as_bytes(bytes));
  return hasher.finish();
}

} // namespace oci
