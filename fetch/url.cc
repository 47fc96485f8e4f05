#include "fetch/url.h"

#include "base/text.h"
#include "fetch/curl_functions.h"

#include <arpa/inet.h>
#include <cstring>
#include <memory>
#include <netinet/in.h>
#include <new>

namespace oci::fetch {
namespace {

struct CloseHandle {
  void operator()(CURLU* handle) const { curl::url_cleanup(handle); }
};
using Handle = std::unique_ptr<CURLU, CloseHandle>;

Handle new_handle() {
  Handle handle(curl::url_new());
  if (!handle) throw std::bad_alloc();
  return handle;
}

std::string part(const Handle& handle, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl::url_get(handle.get(), which, &text, flags) != CURLUE_OK) return "";
  std::string copy(text);
  curl::free(text);
  return copy;
}

bool set(const Handle& handle, CURLUPart which, std::string_view text, unsigned flags) {
  if (text.find('\0') != std::string_view::npos || text.find(' ') != std::string_view::npos) return false;
  return curl::url_set(handle.get(), which, std::string(text).c_str(), flags) == CURLUE_OK;
}

bool is_loopback_v4(std::uint32_t address) { return address >> 24 == 127; }
bool is_local_v4(std::uint32_t address) {
  return is_loopback_v4(address) || address >> 24 == 0 || address >> 16 == 0xa9fe; // 169.254.0.0/16
}

struct HostKind {
  bool loopback = false;
  bool local = false;
};

HostKind kind_of_v6(const in6_addr& address) {
  if (IN6_IS_ADDR_V4MAPPED(&address) || IN6_IS_ADDR_V4COMPAT(&address)) {
    std::uint32_t v4;
    std::memcpy(&v4, address.s6_addr + 12, sizeof v4);
    return {is_loopback_v4(ntohl(v4)), is_local_v4(ntohl(v4))};
  }
  bool loopback = IN6_IS_ADDR_LOOPBACK(&address);
  return {loopback, loopback || IN6_IS_ADDR_UNSPECIFIED(&address) || IN6_IS_ADDR_LINKLOCAL(&address)};
}

HostKind kind_of(std::string_view text) {
  std::string host = to_lower(text);
  while (host.ends_with('.')) host.pop_back();
  if (host == "localhost" || host.ends_with(".localhost")) return {true, true};
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (auto zone = host.find('%'); zone != std::string::npos) host.resize(zone);
  if (in_addr v4; inet_pton(AF_INET, host.c_str(), &v4) == 1) {
    return {is_loopback_v4(ntohl(v4.s_addr)), is_local_v4(ntohl(v4.s_addr))};
  }
  if (in6_addr v6; inet_pton(AF_INET6, host.c_str(), &v6) == 1) return kind_of_v6(v6);
  return {};
}

} // namespace

std::optional<Url> Url::parse(std::string_view text) {
  Handle handle = new_handle();
  if (!set(handle, CURLUPART_URL, text, CURLU_DISALLOW_USER)) return std::nullopt;
  curl::url_set(handle.get(), CURLUPART_FRAGMENT, nullptr, 0);
  Url url;
  url.text_ = part(handle, CURLUPART_URL);
  url.scheme_ = part(handle, CURLUPART_SCHEME);
  url.host_ = to_lower(part(handle, CURLUPART_HOST));
  url.port_ = part(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  bool known_scheme = url.scheme_ == "http" || url.scheme_ == "https";
  if (!known_scheme || url.host_.empty() || url.port_.empty() || url.text_.empty()) return std::nullopt;
  return url;
}

std::optional<Url> Url::resolve(std::string_view location) const {
  Handle handle = new_handle();
  if (!set(handle, CURLUPART_URL, text_, 0) || !set(handle, CURLUPART_URL, location, CURLU_DISALLOW_USER)) {
    return std::nullopt;
  }
  return parse(part(handle, CURLUPART_URL));
}

Url Url::with_query(std::string_view name, std::string_view value) const {
  Handle handle = new_handle();
  set(handle, CURLUPART_URL, text_, 0);
  std::string pair = cat(name, "=", value);
  curl::url_set(handle.get(), CURLUPART_QUERY, pair.c_str(), CURLU_APPENDQUERY | CURLU_URLENCODE);
  Url changed = *this;
  changed.text_ = part(handle, CURLUPART_URL);
  return changed;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~";
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (plain.find(c) != std::string_view::npos)
      out += c;
    else
      out += {'%', digits[byte >> 4], digits[byte & 15]};
  }
  return out;
}

std::string Url::shown() const { return printable(std::string_view(text_).substr(0, text_.find('?'))); }

bool is_loopback(std::string_view host) { return kind_of(host).loopback; }
bool is_local(std::string_view host) { return kind_of(host).local; }

std::optional<std::string> refused_step(const Url& registry, const Url& target, bool insecure) {
  if (is_local(target.host()) && !is_local(registry.host())) {
    return "a registry elsewhere may not point to this machine";
  }
  if (target.is_https()) return std::nullopt;
  if (registry.is_https()) return "it leads from https to http";
  if (!insecure && !is_loopback(target.host())) return "http is only used on loopback or when declared insecure";
  return std::nullopt;
}

} // namespace oci::fetch
