// The way to the image half: the `oci-image` of this very build.
#pragma once

#include <string>
#include <vector>

namespace oci::cli {

// Beside our own program in a build tree, else in the libexec folder. Never by PATH or environment.
std::string image_half_path();

// Replaces this process; args[0] is what the user typed.
[[noreturn]] void exec_image_half(const std::vector<std::string>& args);

// Thrown when the image half failed. It has said why itself, so there is nothing to report.
struct ImageHalfFailed {
  int exit_code;
};

// Runs it, waits, and returns what it printed on stdout. Once `stop_fd` (unless -1) is readable it is told to stop and
// to clean up, and Error "interrupted" is thrown.
std::string run_image_half(const std::vector<std::string>& args, int stop_fd = -1);

// Called first by oci-image: refuses to work for another build's oci.
void require_same_build();

} // namespace oci::cli
