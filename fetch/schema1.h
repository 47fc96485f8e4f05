// Docker's manifests of schema 1 (distribution's manifest-v2-1.md): the layers, newest first, each with a configuration
// of its own, in one document that may carry signatures. Read, and made into schema 2.
#pragma once

#include "base/json.h"
#include "spec/image.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oci::fetch {

struct Schema1 {
  struct Layer {
    Digest blob;
    Json config;            // "v1Compatibility"
    bool throwaway = false; // changed no file
  };
  std::string architecture;
  std::vector<Layer> layers; // the base first
};

// Of the text that its digest is of. Throws Error.
Schema1 parse_schema1(std::string_view text, std::string_view name);

// What the digest of a signed manifest is of: the text as it was before the signatures were put in. nullopt for every
// other text. The signatures themselves are not checked. Throws for a signed manifest whose parts do not fit together.
std::optional<std::string> schema1_payload(std::string_view text, std::string_view name);

// The configuration of schema 2. diff_ids: of the layers that are not throwaway. Empty for a config without layers.
std::string schema2_config(const Schema1& image, const std::vector<Digest>& diff_ids);

} // namespace oci::fetch
