// Which entry of an image layout's index.json a name means (containers-transports.5, oci: and oci-archive:), and what
// an image from a file is called in a store.
#pragma once

#include "spec/image.h"
#include "spec/reference.h"

#include <string>
#include <string_view>

namespace oci::fetch {

// By ":@N", by ref.name, or the only one there is. Throws "image not found" with exit code 2 when no entry has the
// name, and when several could be meant.
spec::Descriptor choose_entry(const spec::Index& index, const spec::ImageName& name);

// The docker reference an entry's annotations give it, normalised; else "localhost/<file>:<tag>", where <file> is the
// base name of `path` made to fit a repository's grammar and <tag> the ref.name when it is one.
std::string store_name_of(const spec::Descriptor& entry, std::string_view path);
std::string local_name(std::string_view path, std::string_view tag);

} // namespace oci::fetch
