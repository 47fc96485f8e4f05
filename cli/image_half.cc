#include "cli/image_half.h"

#include "base/child.h"
#include "base/error.h"
#include "base/io.h"
#include "base/sys.h"
#include "base/version.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <poll.h>
#include <unistd.h>

namespace oci::cli {

namespace {

constexpr std::size_t max_output = 1u << 20;
constexpr const char* build_variable = "_OCI_BUILD";
constexpr const char* build_id = OCI_VERSION " " OCI_COMMIT;

std::vector<std::string> environment_with_build() {
  std::vector<std::string> env{cat(build_variable, "=", build_id)};
  for (char** entry = environ; *entry != nullptr; ++entry)
    if (std::strncmp(*entry, "_OCI_BUILD=", 11) != 0) env.emplace_back(*entry);
  return env;
}

void wait_for_output(int pipe, int stop_fd, Child& child) {
  pollfd fds[2] = {{pipe, POLLIN, 0}, {stop_fd, POLLIN, 0}};
  while (::poll(fds, 2, -1) < 0 && errno == EINTR) {
  }
  if (fds[1].revents == 0) return;
  child.kill(SIGTERM);
  (void)child.wait();
  fail("interrupted");
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

} // namespace

std::string image_half_path() {
  const std::string self = check(sys::readlinkat(AT_FDCWD, "/proc/self/exe"), "find our own program");
  const std::string beside = self.substr(0, self.rfind('/') + 1) + "oci-image";
  if (::access(beside.c_str(), X_OK) == 0) return beside;
  return OCI_LIBEXEC_DIR "/oci-image";
}

void exec_image_half(const std::vector<std::string>& args) {
  std::vector<std::string> arguments = args, env = environment_with_build();
  const std::string path = image_half_path();
  ::execve(path.c_str(), pointers(arguments).data(), pointers(env).data());
  const int error = errno;
  throw Error(cat("run ", path, ": ", errno_text(error)))
      .with_hint("oci-image is installed with oci; install both together");
}

std::string run_image_half(const std::vector<std::string>& args, int stop_fd) {
  auto [read_end, write_end] = check(sys::pipe(), "make a pipe for oci-image");
  Child::Options options;
  options.program = image_half_path();
  options.args = args;
  options.env = environment_with_build();
  options.fds = {{write_end.get(), STDOUT_FILENO}};
  options.parent_death_signal = SIGTERM;
  Child child = Child::spawn(options);
  write_end.reset();
  wait_for_output(read_end.get(), stop_fd, child);
  std::string out = read_all(read_end.get(), max_output, "the output of oci-image");
  const int status = child.wait().shell_status();
  if (status != 0) throw ImageHalfFailed{status};
  return out;
}

void require_same_build() {
  const char* other = ::getenv(build_variable);
  if (other == nullptr) throw Error("oci-image is run by oci, not by hand").with_hint("use the oci command");
  if (std::strcmp(other, build_id) != 0)
    throw Error(cat("this oci-image is of build ", build_id, ", but oci is of build ", other))
        .with_hint("install both programs from one build");
  ::unsetenv(build_variable);
}

} // namespace oci::cli
