#include "runtime/id_maps.h"

#include "base/error.h"
#include "base/files.h"
#include "base/io.h"
#include "base/sys.h"
#include "base/text.h"

#include <algorithm>
#include <unistd.h>

namespace oci::runtime {

namespace {

void write_process_file(pid_t pid, const char* name, const std::string& text, std::string_view field) {
  Fd file = check(sys::open(cat("/proc/", pid, "/", name), O_WRONLY), field, ": open ", name);
  // One write: the kernel takes a map whole or not at all.
  check(sys::write(file.get(), text.data(), text.size()), field, ": write ", name);
}

std::uint32_t id_number(std::string_view text, const char* file) {
  const std::optional<std::uint64_t> number = parse_unsigned(text);
  if (!number || *number > UINT32_MAX) fail("read ", file, ": \"", text, "\" is no id");
  return static_cast<std::uint32_t>(*number);
}

// Every id that this namespace has, as itself.
std::vector<spec::IdMapping> own_ids(const char* file) {
  std::vector<spec::IdMapping> mappings;
  for (const std::string& line : split(read_file(file), '\n')) {
    std::vector<std::string> words = split(line, ' ');
    std::erase_if(words, [](const std::string& word) { return word.empty(); });
    if (words.size() != 3) continue;
    const std::uint32_t first = id_number(words[0], file);
    mappings.push_back({first, first, id_number(words[2], file), {}});
  }
  return mappings;
}

} // namespace

void fill_id_maps(spec::Linux& linux_) {
  const auto is_new_user = [](const spec::Namespace& entry) { return entry.type == "user" && entry.path.empty(); };
  if (!linux_.uid_mappings.empty() || !linux_.gid_mappings.empty()) return;
  if (std::none_of(linux_.namespaces.begin(), linux_.namespaces.end(), is_new_user)) return;
  const bool root = geteuid() == 0;
  linux_.uid_mappings = root ? own_ids("/proc/self/uid_map") : std::vector{spec::IdMapping{0, geteuid(), 1, {}}};
  linux_.gid_mappings = root ? own_ids("/proc/self/gid_map") : std::vector{spec::IdMapping{0, getegid(), 1, {}}};
}

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
