// What a user's word means among the images a store has.
#pragma once

#include "spec/image.h"

#include <optional>
#include <string>

namespace oci::cli {

// The first entry of a store's index that `word` stands for: a digest; one of fetch::meanings, docker's at last; or a
// name as it is written there, were it no reference. nullopt when there is none. Throws for a word that is none of
// these.
std::optional<spec::Descriptor> stored_entry(const spec::Index& index, const std::string& word);

// The name an entry has there, "" when it has none.
std::string stored_name(const spec::Descriptor& entry);

} // namespace oci::cli
