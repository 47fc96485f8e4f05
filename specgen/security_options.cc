#include "specgen/security_options.h"

#include "specgen/flags.h"

namespace oci::specgen {

namespace {

constexpr const char* flag = "--security-opt";

bool parse_switch(const std::string& text, const std::string& value) {
  if (value.empty() || value == "true" || value == "1") return true;
  if (value == "false" || value == "0") return false;
  refuse(flag, text, "no-new-privileges is true or false");
}

std::vector<std::string> parse_paths(const std::string& text, const std::string& value) {
  std::vector<std::string> paths;
  for (const std::string& path : split(value, ':')) paths.push_back(parse_absolute_path(cat(flag, " ", text), path));
  return paths;
}

bool is_label_part(const std::string& name) {
  return name == "user" || name == "role" || name == "type" || name == "level";
}

void take(SecurityOptions& options, const std::string& text) {
  if (has_nul(text)) refuse(flag, text, "a NUL character in it");
  const auto separator = text.find_first_of("=:");
  const std::string key = text.substr(0, separator);
  const std::string value = separator == std::string::npos ? "" : text.substr(separator + 1);
  if (key == "no-new-privileges")
    options.no_new_privileges = parse_switch(text, value);
  else if (key == "seccomp" && !value.empty())
    options.seccomp = value;
  else if (key == "apparmor" && !value.empty())
    options.apparmor = value;
  else if (key == "systempaths" && value == "unconfined")
    options.unmask_all = true;
  else if (key == "mask")
    options.mask = parse_paths(text, value);
  else if (key == "unmask" && (value == "ALL" || value == "all"))
    options.unmask_all = true;
  else if (key == "unmask")
    options.unmask = parse_paths(text, value);
  else if (key == "label" && value == "disable")
    options.no_label = true;
  else if (const auto part = value.find(':'); key == "label" && is_label_part(value.substr(0, part)) &&
                                              part != std::string::npos && part + 1 < value.size())
    options.label.emplace_back(value.substr(0, part), value.substr(part + 1));
  else
    refuse(flag, text,
           "not no-new-privileges[=true|false], seccomp=FILE|unconfined, apparmor=PROFILE|unconfined, "
           "label=disable|user:NAME|role:NAME|type:NAME|level:NAME, mask=PATH[:PATH], unmask=ALL|PATH[:PATH] or "
           "systempaths=unconfined");
}

} // namespace

SecurityOptions parse_security_options(const std::vector<std::string>& texts) {
  SecurityOptions options;
  for (const std::string& text : texts) take(options, text);
  return options;
}

} // namespace oci::specgen
