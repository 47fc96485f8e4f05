// The grammar of docker references (distribution's reference.go), normalised as docker does.
#include "spec/reference.h"

#include "base/error.h"
#include "base/text.h"

#include <algorithm>

namespace oci::spec {
namespace {

constexpr std::size_t max_repository = 255;
constexpr std::size_t max_tag = 128;

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alphanumeric(char c) { return is_lower(c) || is_upper(c) || is_digit(c); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }

template <class Predicate>
bool all(std::string_view text, Predicate predicate) {
  return !text.empty() && std::all_of(text.begin(), text.end(), predicate);
}

[[noreturn]] void refuse(std::string_view text, std::string_view why) {
  fail("invalid reference format: \"", printable(text, 300), "\": ", why);
}

// [a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?
bool is_host_label(std::string_view label) {
  return all(label, [](char c) { return is_alphanumeric(c) || c == '-'; }) && label.front() != '-' &&
         label.back() != '-';
}

// Names and IPv4 addresses, or an IPv6 address in brackets; then a port if any.
bool is_host(std::string_view host) {
  const bool bracketed = host.front() == '[';
  const std::size_t end = bracketed ? host.find(']') : host.find(':');
  if (bracketed && end == std::string_view::npos) return false;

  const std::string_view name = host.substr(bracketed ? 1 : 0, end - (bracketed ? 1 : 0));
  std::string_view port = end == std::string_view::npos ? "" : host.substr(bracketed ? end + 1 : end);
  if (!port.empty() && (port.front() != ':' || !all(port.substr(1), is_digit))) return false;

  if (bracketed) return all(name, [](char c) { return is_hex(c) || (c >= 'A' && c <= 'F') || c == ':'; });
  const std::vector<std::string> labels = split(name, '.');
  return std::all_of(labels.begin(), labels.end(), is_host_label);
}

// [a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*
bool is_repository_component(std::string_view component) {
  auto is_word = [](char c) { return is_lower(c) || is_digit(c); };
  if (component.empty() || !is_word(component.front()) || !is_word(component.back())) return false;
  for (std::size_t at = 0; at < component.size();) {
    std::size_t next = at;
    while (next < component.size() && !is_word(component[next])) ++next;
    const std::string_view separator = component.substr(at, next - at);
    const bool dashes = separator.find_first_not_of('-') == std::string_view::npos;
    if (!dashes && separator != "." && separator != "_" && separator != "__") return false;
    at = next + 1;
  }
  return true;
}

void check_repository(std::string_view repository, std::string_view text) {
  if (std::any_of(repository.begin(), repository.end(), is_upper)) refuse(text, "repository name must be lowercase");
  for (const std::string& component : split(repository, '/'))
    if (!is_repository_component(component))
      refuse(text, cat("\"", printable(component, 80),
                       "\" is no part of a repository's name: letters and digits, with single dots, one or two "
                       "underscores or dashes between them"));
  if (repository.size() > max_repository)
    refuse(text, cat("a repository's name has at most ", max_repository, " characters"));
}

// The first component is a host when it looks like one, as docker decides it.
bool names_host(std::string_view first) {
  return first == "localhost" || first.find_first_of(".:") != std::string_view::npos ||
         std::any_of(first.begin(), first.end(), is_upper);
}

void set_name(Reference& reference, std::string_view name, std::string_view text) {
  const std::size_t slash = name.find('/');
  if (slash != std::string_view::npos && names_host(name.substr(0, slash))) {
    reference.registry = name.substr(0, slash);
    reference.repository = name.substr(slash + 1);
    if (reference.registry.empty() || !is_host(reference.registry))
      refuse(text, cat("\"", printable(reference.registry, 80), "\" is no registry's host"));
  } else {
    reference.registry = "docker.io";
    reference.repository = name;
  }
  if (reference.registry == "index.docker.io") reference.registry = "docker.io";
  check_repository(reference.repository, text);
  if (reference.registry == "docker.io" && reference.repository.find('/') == std::string::npos)
    reference.repository.insert(0, "library/");
}

} // namespace

bool is_tag(std::string_view tag) {
  return !tag.empty() && tag.size() <= max_tag &&
         all(tag, [](char c) { return is_alphanumeric(c) || c == '_' || c == '.' || c == '-'; }) &&
         tag.front() != '.' && tag.front() != '-';
}

Reference Reference::parse(std::string_view text) {
  if (text.empty()) refuse(text, "it is empty");
  if (text.size() == 64 && all(text, is_hex)) refuse(text, "64 hexadecimal digits are an id, not a name");

  Reference reference;
  std::string_view name = text;
  const std::size_t at = name.find('@');
  if (at != std::string_view::npos) {
    const std::string_view digest = name.substr(at + 1);
    std::optional<Digest> parsed = Digest::parse(digest);
    if (!parsed)
      refuse(text, "after \"@\" stands sha256:<64 digits> or sha512:<128 digits>, in lower-case hexadecimal");
    reference.digest = std::move(*parsed);
    name = name.substr(0, at);
  }

  const std::size_t slash = name.rfind('/');
  const std::size_t colon = name.find(':', slash == std::string_view::npos ? 0 : slash);
  if (colon != std::string_view::npos) {
    reference.tag = name.substr(colon + 1);
    name = name.substr(0, colon);
    if (!is_tag(reference.tag))
      refuse(text,
             cat("\"", printable(reference.tag, 80),
                 "\" is no tag: at most 128 letters, digits, \"_\", \".\" and \"-\", the first none of the last two"));
    if (!reference.digest.empty())
      refuse(text, "Docker references with both a tag and digest are currently not supported");
  }
  if (name.empty()) refuse(text, "the name is missing");

  set_name(reference, name, text);
  if (reference.tag.empty() && reference.digest.empty()) reference.tag = "latest";
  return reference;
}

std::string Reference::name() const { return cat(registry, "/", repository); }

std::string Reference::text() const {
  if (repository.empty()) return digest.text();
  if (tag.empty() && digest.empty()) return cat(name(), unknown_digest);
  return tag.empty() ? cat(name(), "@", digest.text()) : cat(name(), ":", tag);
}

std::string Reference::familiar() const {
  constexpr std::string_view hub = "docker.io/", library = "library/";
  std::string familiar = text();
  if (familiar.starts_with(hub)) familiar.erase(0, hub.size());
  if (registry == "docker.io" && repository.starts_with(library) &&
      repository.find('/', library.size()) == std::string::npos)
    familiar.erase(0, library.size());
  return familiar;
}

} // namespace oci::spec
