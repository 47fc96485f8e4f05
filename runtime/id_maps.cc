#include "runtime/id_maps.h"

#include "base/io.h"
#include "base/sys.h"

#include <unistd.h>

namespace oci::runtime {

namespace {

void write_process_file(pid_t pid, const char* name, const std::string& text, std::string_view field) {
  Fd file = check(sys::open(cat("/proc/", pid, "/", name), O_WRONLY), field, ": open ", name);
  // One write: the kernel takes a map whole or not at all.
  check(sys::write(file.get(), text.data(), text.size()), field, ": write ", name);
}

} // namespace

std::string id_map_text(const std::vector<spec::IdMapping>& mappings) {
  std::string text;
  for (const spec::IdMapping& mapping : mappings)
    text += cat(mapping.container_id, " ", mapping.host_id, " ", mapping.size, "\n");
  return text;
}

void write_id_maps(pid_t pid, const spec::Linux& linux_) {
  write_process_file(pid, "uid_map", id_map_text(linux_.uid_mappings), "linux.uidMappings");
  // Who may not choose freely has to give up setgroups first.
  if (geteuid() != 0) write_process_file(pid, "setgroups", "deny", "linux.gidMappings");
  write_process_file(pid, "gid_map", id_map_text(linux_.gid_mappings), "linux.gidMappings");
}

} // namespace oci::runtime
