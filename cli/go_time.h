// Times as Go's package time has them, for templates.
#pragma once

#include "base/json.h"

#include <optional>
#include <string>
#include <string_view>

namespace oci::cli {

// "1970-01-01 00:00:00 +0000 UTC" of an RFC 3339 time; what is none comes back as it is.
std::string go_time_text(const std::string& rfc3339);

// Year, Month, Day, Hour, Minute, Second, Unix, Weekday; nullopt for another method.
std::optional<Json> go_time_field(const std::string& rfc3339, std::string_view method);

// time.Time.Format: the usual parts of a layout ("2006", "01", "Jan", "15", "Z07:00", "MST", …).
std::string go_time_format(const std::string& rfc3339, std::string_view layout);

} // namespace oci::cli
