// What a registry is asked beside images: its tags, to forget an image, whether a login is good. Distribution-spec 1.1,
// content discovery and management. A part of fetch/fetch.h.
#pragma once

#include "spec/reference.h"

#include <string>
#include <vector>

namespace oci::fetch {

// Every tag of the repository, through all pages, in the registry's order. Throws Error, exit code 2 for a repository
// that is not there.
std::vector<std::string> list_tags(const spec::Reference& repository, const RegistryOptions& options);

// The manifest the reference stands for, and with it every tag of that digest. Returns the digest.
Digest delete_image(const spec::Reference& reference, const RegistryOptions& options);

// The image an oci: name stands for, and the blobs nothing else of the layout leads to, unless they are shared with
// other layouts. Returns its digest. Throws with exit code 2 when there is none.
Digest delete_from_layout(const spec::ImageName& name, const std::string& shared_blobs);

// Whether `options.credentials` are accepted. Throws Error "invalid username/password" when not.
void check_login(const std::string& registry, const RegistryOptions& options);

} // namespace oci::fetch
