// An image looked at where it is: its documents, without a layer being fetched. A part of fetch/fetch.h.
#pragma once

#include "spec/image.h"
#include "spec/reference.h"

#include <cstdint>
#include <string>
#include <vector>

namespace oci::fetch {

struct LookedAt {
  spec::RawBlob top;       // what the name stands for: an image or an index
  spec::RawBlob image;     // the manifest of the one chosen
  spec::Manifest manifest; // of schema 1: the layers' digests alone
  std::string config;      // its bytes, checked
};

// options.source and options.platforms say how and which. Throws Error, with exit code 2 when there is none.
spec::RawBlob look_at_top(const spec::ImageName& name, const CopyOptions& options);
// What a manifest's digest is: of its bytes, or of a signed schema 1 what its signatures are of.
Digest manifest_digest(const std::string& bytes, const std::string& algorithm = "sha256");
// A configuration as OCI's image-spec has it, whatever form it is in.
std::string config_as_oci(const std::string& config);
LookedAt look_at(const spec::ImageName& name, const CopyOptions& options);

// One image of those a name stands for.
struct Instance {
  spec::Descriptor descriptor; // of its manifest
  spec::Platform platform;     // as the index says it, or else its configuration
  std::size_t layers = 0;
  std::uint64_t bytes = 0; // of its configuration and layers, as they are transferred
};
// All of them, in the index's order; of an image without an index the one.
std::vector<Instance> look_at_instances(const spec::ImageName& name, const CopyOptions& options);

} // namespace oci::fetch
