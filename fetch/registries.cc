#include "fetch/registries.h"

#include "base/error.h"
#include "base/text.h"

namespace oci::fetch {
namespace {

// Of "*.host" all of the host's name, its port only where the prefix has one too.
std::size_t covered_host(std::string_view reference, std::string_view suffix) {
  const std::string_view host = reference.substr(0, reference.find('/'));
  const std::string_view named = suffix.find(':') == std::string_view::npos ? host.substr(0, host.find(':')) : host;
  return named.size() > suffix.size() && named.ends_with(suffix) ? named.size() : 0;
}

// How much of "host/a/b:tag" a prefix covers, 0 for none: whole components.
std::size_t covered(std::string_view reference, std::string_view prefix) {
  if (prefix.starts_with("*.")) return covered_host(reference, prefix.substr(1));
  if (!reference.starts_with(prefix)) return 0;
  const bool whole = reference.size() == prefix.size() ||
                     std::string_view("/:@").find(reference[prefix.size()]) != std::string_view::npos;
  return whole ? prefix.size() : 0;
}

spec::Reference moved(const std::string& text, std::size_t length, const std::string& location) {
  return spec::Reference::parse(cat(location, std::string_view(text).substr(length)));
}

} // namespace

// The longest prefix decides; "*.host" is a longer one than "*.t" but never longer than a name without a star.
Registries::Match Registries::find(const std::string& reference) const {
  Match best;
  std::size_t best_prefix = 0;
  for (const auto& [prefix, registry] : registries_) {
    const std::size_t length = covered(reference, prefix);
    if (length == 0 || prefix.size() < best_prefix) continue;
    best = {&registry, length};
    best_prefix = prefix.size();
  }
  if (best.registry && best.registry->blocked)
    throw Error(cat("registry ", printable(reference.substr(0, best.length)), " is blocked in ", best.registry->file));
  return best;
}

bool Registries::is_insecure(const spec::Reference& reference) const {
  const Match match = find(reference.text());
  return match.registry && match.registry->insecure;
}

std::vector<RegistryPlace> Registries::places(const spec::Reference& reference) const {
  const std::string text = reference.text();
  const Match match = find(text);
  if (!match.registry) return {{reference}};
  const bool by_digest = !reference.digest.empty();
  std::vector<RegistryPlace> places;
  for (const Mirror& mirror : match.registry->mirrors) {
    const bool digest_only = match.registry->mirrors_by_digest_only || mirror.pulls == PullFrom::digest_only;
    if (by_digest ? mirror.pulls == PullFrom::tag_only : digest_only) continue;
    places.push_back({moved(text, match.length, mirror.location), mirror.insecure, true});
  }
  const std::string& location = match.registry->location;
  places.push_back({location.empty() ? reference : moved(text, match.length, location), match.registry->insecure});
  return places;
}

std::vector<std::string> Registries::names_of(const std::string& short_name) const {
  const std::size_t slash = short_name.rfind('/');
  const std::size_t end = short_name.find_first_of(":@", slash == std::string::npos ? 0 : slash);
  if (const auto alias = aliases_.find(short_name.substr(0, end)); alias != aliases_.end())
    return {cat(alias->second, end == std::string::npos ? "" : short_name.substr(end))};
  std::vector<std::string> names;
  for (const std::string& registry : searched_) names.push_back(cat(registry, "/", short_name));
  return names;
}

} // namespace oci::fetch
