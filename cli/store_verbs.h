// The verbs that look after the store.
#pragma once

#include "cli/verbs.h"

namespace oci::cli {

std::unique_ptr<Verb> make_gc();
std::unique_ptr<Verb> make_rmi();
std::unique_ptr<Verb> make_tag();
std::unique_ptr<Verb> make_verify();

} // namespace oci::cli
