// The verbs of the image half; each in verb_<name>.cc.
#pragma once

#include "cli/verbs.h"

namespace oci::cli {

std::unique_ptr<Verb> make_pull();
std::unique_ptr<Verb> make_images();
std::unique_ptr<Verb> make_info();
std::unique_ptr<Verb> make_unpack();
std::unique_ptr<Verb> make_export();
std::unique_ptr<Verb> make_diff();

} // namespace oci::cli
