// Which images may be taken: containers-policy.json(5). insecureAcceptAnything and reject are enforced; where a
// signature is required (signedBy, sigstoreSigned) nothing is taken, since signatures are not checked here.
#pragma once

#include "fetch/fetch.h"

#include <string>
#include <string_view>

namespace oci::fetch {

// What check_policy does with a policy's text; `name` is the file's.
void check_policy_text(std::string_view text, const std::string& name, const spec::ImageName& source);

} // namespace oci::fetch
