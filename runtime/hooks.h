// Hooks (runtime-spec config.md "POSIX-platform Hooks"): run in order, the container's state as JSON on stdin.
#pragma once

#include "spec/runtime_config.h"

#include <string>
#include <string_view>
#include <vector>

namespace oci::runtime {

// Runs the hooks one after the other as our children, in our namespaces, our working folder, with exactly their env.
// Throws at the first that fails or outlives its timeout (it is killed then), with the end of its stderr:
// "createRuntime hook 0 (/x): exit status 1: no such device".
void run_hooks(std::string_view kind, const std::vector<spec::Hook>& hooks, const std::string& state_json);

// The same for poststop, whose failures do not stop the container's end: each is logged as a warning and the rest run.
void run_hooks_warning(std::string_view kind, const std::vector<spec::Hook>& hooks, const std::string& state_json);

} // namespace oci::runtime
