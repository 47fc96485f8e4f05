// An http or https URL as curl understands it, and the rules about which may follow from which.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace oci::fetch {

class Url {
public:
  // Absolute, http or https, no user name in it, no control characters or blanks; a fragment is dropped.
  static std::optional<Url> parse(std::string_view text);
  // What a Location header or a relative path means, seen from here.
  std::optional<Url> resolve(std::string_view location) const;
  // The same with "name=value" added to the query, both percent-encoded.
  Url with_query(std::string_view name, std::string_view value) const;

  const std::string& text() const { return text_; } // may hold a signature in its query: not for messages
  std::string shown() const;                        // without the query, for messages
  const std::string& scheme() const { return scheme_; }
  const std::string& host() const { return host_; } // lower case; IPv6 in brackets
  const std::string& port() const { return port_; } // always set
  bool is_https() const { return scheme_ == "https"; }
  bool same_origin(const Url& other) const {
    return scheme_ == other.scheme_ && host_ == other.host_ && port_ == other.port_;
  }

private:
  std::string text_, scheme_, host_, port_;
};

// For a part of a path or of a query.
std::string percent_encoded(std::string_view text);

// 127.0.0.0/8, ::1, localhost and what is below it. `host` as Url::host gives it.
bool is_loopback(std::string_view host);
// Loopback, link-local (cloud metadata) and unspecified addresses: a server elsewhere may not send us there.
bool is_local(std::string_view host);

// Why a request that began at `registry` may not go on to `target` (a redirect, a token server); nullopt when it may.
// insecure: the user declared the registry insecure.
std::optional<std::string> refused_step(const Url& registry, const Url& target, bool insecure);

} // namespace oci::fetch
