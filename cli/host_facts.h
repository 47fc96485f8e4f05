// What the machine is, for specgen.
#pragma once

#include "specgen/specgen.h"

namespace oci::cli {

specgen::HostFacts gather_host_facts(const specgen::Needs& needs);

bool host_has_cgroup2_only(); // unified; false for v1 and hybrid

// The caller's environment and current folder, and the files the request names, put into it.
void complete_request(specgen::Request& request, const specgen::Needs& needs);

} // namespace oci::cli
