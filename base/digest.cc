#include "base/digest.h"

namespace oci {

std::optional<Digest> Digest::parse(std::string_view text) {
  std::size_t at = text.find(':');
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view algorithm = text.substr(0, at);
  std::string_view hex = text.substr(at + 1);
  std::size_t length = algorithm == "sha256" ? 64 : algorithm == "sha512" ? 128 : 0;
  if (length == 0 || hex.size() != length) return std::nullopt;
  if (hex.find_first_not_of("0123456789abcdef") != std::string_view::npos) return std::nullopt;
  Digest digest;
  digest.text_ = text;
  return digest;
}

std::string Digest::path() const {
  std::string path = text_;
  if (!empty()) path[colon()] = '/';
  return path;
}

} // namespace oci
