// Names with a transport (containers-transports.5).
#include "spec/reference.h"

#include "base/error.h"
#include "base/text.h"

#include <algorithm>
#include <array>

namespace oci::spec {
namespace {

struct TransportPrefix {
  std::string_view prefix;
  Transport transport;
};

// "docker:27" is the image docker, so that transport is told by its slashes.
constexpr std::array<TransportPrefix, 6> prefixes{{
    {"docker://", Transport::docker},
    {"oci:", Transport::oci},
    {"oci-archive:", Transport::oci_archive},
    {"docker-archive:", Transport::docker_archive},
    {"docker-daemon:", Transport::docker_daemon},
    {"dir:", Transport::dir},
}};

constexpr std::array<std::string_view, 5> foreign_transports{
    "containers-storage:", "sif:", "tarball:", "ostree:", "atomic:"};

const TransportPrefix* find_prefix(std::string_view text) {
  const auto found =
      std::find_if(prefixes.begin(), prefixes.end(), [&](const auto& it) { return text.starts_with(it.prefix); });
  return found == prefixes.end() ? nullptr : &*found;
}

std::string_view prefix_of(Transport transport) {
  const auto found =
      std::find_if(prefixes.begin(), prefixes.end(), [&](const auto& it) { return it.transport == transport; });
  return found->prefix;
}

std::string known_transports() {
  std::string names;
  for (const TransportPrefix& known : prefixes) names += cat(names.empty() ? "" : ", ", known.prefix);
  return names;
}

[[noreturn]] void refuse(std::string_view text, std::string_view why) {
  fail("invalid image name \"", printable(text, 300), "\": ", why);
}

void refuse_foreign(std::string_view text) {
  for (std::string_view transport : foreign_transports)
    if (text.starts_with(transport))
      throw Error(
          cat("invalid image name \"", printable(text, 300), "\": the transport ", transport, " is not supported"))
          .with_hint(cat("known are ", known_transports()));
  const std::size_t scheme = text.find("://");
  if (scheme != std::string_view::npos)
    throw Error(cat("invalid image name \"", printable(text, 300), "\": ", printable(text.substr(0, scheme), 40),
                    ":// is no transport"))
        .with_hint(cat("an image in a registry is docker://", printable(text.substr(scheme + 3), 200)));
  if (text.starts_with("/") || text.starts_with("."))
    throw Error(cat("invalid image name \"", printable(text, 300), "\": a path needs a transport"))
        .with_hint(cat("oci:", printable(text, 200), " for a folder, oci-archive: or docker-archive: for a file"));
}

// "path[:rest]", divided at the first colon.
std::string_view take_path(ImageName& name, std::string_view rest, std::string_view text) {
  const std::size_t colon = rest.find(':');
  name.path = rest.substr(0, colon);
  if (name.path.empty()) refuse(text, "the path is missing");
  return colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
}

bool take_index(ImageName& name, std::string_view rest, std::string_view text) {
  if (!rest.starts_with("@")) return false;
  const std::optional<std::uint64_t> index = parse_unsigned(rest.substr(1));
  if (!index) refuse(text, "after \":@\" stands the number of an image, counted from 0");
  name.index = static_cast<std::size_t>(*index);
  return true;
}

Reference daemon_reference(std::string_view rest) {
  if (std::optional<Digest> id = Digest::parse(rest)) {
    Reference reference;
    reference.digest = std::move(*id);
    return reference;
  }
  return Reference::parse(rest);
}

// With the suffix neither tag nor digest: it is put there under the digest it turns out to have.
Reference registry_reference(std::string_view text) {
  if (!text.ends_with(unknown_digest)) return Reference::parse(text);
  const std::string_view name = text.substr(0, text.size() - unknown_digest.size());
  Reference reference = Reference::parse(name);
  if (name.find('@') != std::string_view::npos || name.ends_with(cat(":", reference.tag)))
    refuse(text, cat("before ", unknown_digest, " stands neither a tag nor a digest"));
  reference.tag.clear();
  return reference;
}

} // namespace

// component ("/" component)*; component: [A-Za-z0-9]+ (([-._:@+] | "--") [A-Za-z0-9]+)* (image-spec annotations.md)
bool is_ref_name(std::string_view ref) {
  auto is_word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  std::size_t separators = 1; // since the last letter or digit; the beginning counts as one
  char last = '/';
  for (char c : ref) {
    if (is_word(c)) {
      separators = 0;
    } else {
      const bool second_dash = separators == 1 && c == '-' && last == '-';
      if (separators > 0 && !second_dash) return false;
      if (std::string_view("-._:@+/").find(c) == std::string_view::npos) return false;
      ++separators;
    }
    last = c;
  }
  return separators == 0;
}

bool has_transport(std::string_view text) { return find_prefix(text) != nullptr; }

ImageName ImageName::parse(std::string_view text) {
  ImageName name;
  const TransportPrefix* known = find_prefix(text);
  if (!known) {
    refuse_foreign(text);
    name.reference = Reference::parse(text);
    return name;
  }

  name.transport = known->transport;
  const std::string_view rest = text.substr(known->prefix.size());
  switch (name.transport) {
  case Transport::docker:
    name.reference = registry_reference(rest);
    break;
  case Transport::docker_daemon:
    name.reference = daemon_reference(rest);
    break;
  case Transport::dir:
    name.path = rest;
    if (name.path.empty()) refuse(text, "the path is missing");
    break;
  case Transport::oci:
  case Transport::oci_archive:
    if (std::string_view ref = take_path(name, rest, text); !take_index(name, ref, text)) {
      if (!ref.empty() && !is_ref_name(ref))
        refuse(text, cat("\"", printable(ref, 120), "\" is no name of an image in a layout"));
      name.ref = ref;
    }
    break;
  case Transport::docker_archive:
    if (std::string_view ref = take_path(name, rest, text); !take_index(name, ref, text) && !ref.empty()) {
      name.reference = Reference::parse(ref);
      if (!name.reference->digest.empty()) refuse(text, "images in a docker archive have no digest to be named by");
    }
    break;
  }
  return name;
}

std::string ImageName::text() const {
  std::string text = cat(prefix_of(transport), path);
  if (index) return cat(text, ":@", *index);
  if (!ref.empty()) return cat(text, ":", ref);
  if (!reference) return text;
  return cat(text, path.empty() ? "" : ":", reference->text());
}

} // namespace oci::spec
