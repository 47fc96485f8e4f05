// Parts that the engines' defaults and runc's template are made of.
#pragma once

#include "spec/runtime_config.h"

#include <initializer_list>
#include <string>
#include <vector>

namespace oci::specgen {

inline constexpr const char* default_path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

spec::Mount make_mount(const char* destination, const char* type, const char* source,
                       std::initializer_list<const char*> options);
std::vector<spec::Namespace> make_namespaces(std::initializer_list<const char*> types);
spec::DeviceRule deny_all_devices();

} // namespace oci::specgen
