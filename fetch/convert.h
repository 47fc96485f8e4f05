// Between OCI's documents and Docker's schema 2.
#pragma once

#include "spec/image.h"

#include <string>
#include <string_view>

namespace oci::fetch {

enum class DocumentForm { oci, docker };

// The media type of a layer in a form with a compression. Throws where Docker has none (zstd), and for what is no
// layer.
std::string layer_type(const spec::Descriptor& layer, DocumentForm form, spec::media::Compression compression);

DocumentForm form_of(std::string_view manifest_or_index_type);
std::string_view manifest_type(DocumentForm form);
std::string_view index_type(DocumentForm form);
std::string_view config_type(DocumentForm form);

// A Docker image's configuration as OCI has it: what OCI does not know is dropped.
std::string oci_config(std::string_view docker_config, std::string_view name);

// As the tools of each form write them, to the byte.
std::string manifest_text(const spec::Manifest& manifest, DocumentForm form);
std::string index_text(const spec::Index& index, DocumentForm form);

} // namespace oci::fetch
