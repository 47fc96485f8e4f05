#include "runtime/seccomp_listener.h"

#include "base/io.h"
#include "base/json.h"
#include "base/sys.h"
#include "runtime/terminal.h"

namespace oci::runtime {

SeccompListener::SeccompListener(const std::string& path) {
  if (path.empty()) return;
  socket_ = connect_socket(path, "linux.seccomp.listenerPath");
  message_ = check(sys::memfd_create("oci:listener", 0), "memfd_create");
}

void SeccompListener::write(const Record& record, Status status, pid_t pid, const std::string& metadata) {
  if (!message_) return;
  Json::Object object{{"ociVersion", record.oci_version}, {"fds", Json::Array{"seccompFd"}}, {"pid", pid}};
  if (!metadata.empty()) object.emplace_back("metadata", metadata);
  object.emplace_back("state", state_json(record, status));
  check(write_all(message_.get(), dump_json(object)), "write the seccomp listener's message");
}

} // namespace oci::runtime
