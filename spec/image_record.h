// What the image half leaves for `oci`, which does not hash: .oci/images/<manifest digest>.json holds the verified
// manifest descriptor and config of an image whose blobs are all in the store. Beneath .oci (0700), so it is ours to
// trust.
#pragma once

#include "spec/image.h"
#include "spec/store.h"

#include <optional>

namespace oci::spec {

struct ImageRecord {
  Descriptor manifest;
  ImageConfig config;
};

// `config_text` are the verified bytes of the config.
void write_image_record(const Store& store, const Descriptor& manifest, std::string_view config_text);

// nullopt when there is none, or one this build cannot read.
std::optional<ImageRecord> read_image_record(const Store& store, const Digest& manifest);

} // namespace oci::spec
