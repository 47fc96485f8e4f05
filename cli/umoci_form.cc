#include "cli/umoci_form.h"

#include <algorithm>
#include <array>

namespace oci::cli {

bool is_umoci_form(std::string_view verb, const Words& arguments) {
  constexpr std::array<std::string_view, 13> verbs = {"config", "gc",     "init", "insert", "list", "ls",    "new",
                                                      "rm",     "remove", "stat", "repack", "tag",  "unpack"};
  if (verb == "raw") return true;
  if (std::find(verbs.begin(), verbs.end(), verb) == verbs.end()) return false;
  for (const std::string& argument : arguments) {
    if (argument == "--") return false;
    const std::string_view name = std::string_view(argument).substr(0, argument.find('='));
    if (name == "--image" || name == "--layout") return true;
  }
  return false;
}

} // namespace oci::cli
