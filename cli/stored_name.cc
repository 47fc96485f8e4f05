#include "cli/stored_name.h"

#include "fetch/fetch.h"

#include <algorithm>

namespace oci::cli {

namespace {

template <class Predicate>
std::optional<spec::Descriptor> first_entry(const spec::Index& index, Predicate is_it) {
  const auto found = std::find_if(index.manifests.begin(), index.manifests.end(), is_it);
  return found == index.manifests.end() ? std::nullopt : std::optional(*found);
}

std::optional<spec::Descriptor> entry_named(const spec::Index& index, const std::string& name) {
  return first_entry(index, [&](const auto& entry) { return stored_name(entry) == name; });
}

} // namespace

std::string stored_name(const spec::Descriptor& entry) {
  const auto found = entry.annotations.find(std::string(spec::ref_name_annotation));
  return found == entry.annotations.end() ? "" : found->second;
}

std::optional<spec::Descriptor> stored_entry(const spec::Index& index, const std::string& word) {
  if (const auto digest = Digest::parse(word))
    return first_entry(index, [&](const auto& entry) { return entry.digest == *digest; });
  if (auto found = entry_named(index, word)) return found;
  if (spec::has_transport(word)) return std::nullopt;
  for (const spec::ImageName& meaning : fetch::meanings(word))
    if (auto found = entry_named(index, meaning.reference->text())) return found;
  return entry_named(index, spec::Reference::parse(word).text());
}

} // namespace oci::cli
