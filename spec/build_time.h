// The times that images and layers are made at (reproducible-builds.org, SOURCE_DATE_EPOCH).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace oci::spec {

// When an image or a layer is made: $SOURCE_DATE_EPOCH, else now. Throws for a value that is no number.
struct BuildTime {
  std::int64_t seconds = 0;
  std::int64_t nanoseconds = 0;
  bool fixed = false; // by the environment: files in layers are not newer
};
BuildTime build_time();
// RFC 3339 as Go's programs write it: a fraction only where there is one.
std::string timestamp(const BuildTime& time);
// The same form of what a user gave; throws "<flag> <text>: ...".
std::string parse_timestamp(std::string_view flag, std::string_view text);

} // namespace oci::spec
