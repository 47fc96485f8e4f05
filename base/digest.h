// A digest's text: "sha256:<64 hex>". Validated before it can become part of a path or URL (image-spec descriptor.md).
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace oci {

class Digest {
public:
  Digest() = default; // empty; compares unequal to every real digest

  // sha256 and sha512, lower-case hex of exactly their length. nullopt for anything else.
  static std::optional<Digest> parse(std::string_view text);

  bool empty() const { return text_.empty(); }
  const std::string& text() const { return text_; } // "sha256:abc…"
  std::string_view algorithm() const { return std::string_view(text_).substr(0, colon()); }
  std::string_view hex() const { return empty() ? std::string_view() : std::string_view(text_).substr(colon() + 1); }
  // "blobs" path beneath a layout: "sha256/abc…" (image-layout.md).
  std::string path() const;
  // First 12 hex digits, for people.
  std::string short_hex() const { return std::string(hex().substr(0, 12)); }

  friend bool operator==(const Digest&, const Digest&) = default;
  friend auto operator<=>(const Digest&, const Digest&) = default;

private:
  std::size_t colon() const { return text_.find(':') == std::string::npos ? 0 : text_.find(':'); }
  std::string text_;
};

} // namespace oci
