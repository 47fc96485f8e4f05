// What a registry says went wrong (distribution-spec, error codes), made fit for a message.
#pragma once

#include "fetch/http.h"

#include <string>

namespace oci::fetch {

struct RegistryError {
  std::string code;    // "MANIFEST_UNKNOWN"; "" when the body has none
  std::string message; // "manifest unknown", or the beginning of what else the body is
  // "manifest unknown (404 MANIFEST_UNKNOWN)"
  std::string text(int status) const;
};

RegistryError registry_error(const HttpAnswer& answer); // the first of the body; never throws but std::bad_alloc

} // namespace oci::fetch
