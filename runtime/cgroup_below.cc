#include "runtime/cgroup_below.h"

#include "base/files.h"
#include "runtime/cgroup_tree.h"

#include <algorithm>

namespace oci::runtime {

namespace {

struct Place {
  std::vector<std::string> controllers; // empty: all
  std::string path;                     // cleaned, relative; "" is the container's own
};

Place parse(const std::string& text) {
  Place place;
  const std::size_t colon = text.find(':');
  if (colon != std::string::npos) place.controllers = split(text.substr(0, colon), ',');
  const std::string path = colon == std::string::npos ? text : text.substr(colon + 1);
  for (const std::string& part : split(path, '/'))
    if (part == "..") fail("exec --cgroup ", printable(text), ": leads out of the container's cgroup");
  place.path = clean_path(cat("/", path)).substr(1);
  return place;
}

// "/sys/fs/cgroup/cpu,cpuacct/a" -> cpu, cpuacct
std::vector<std::string> controllers_of(const std::string& folder) {
  const std::string below = folder.substr(cgroup_root.size() + 1);
  return split(below.substr(0, below.find('/')), ',');
}

bool has_one_of(const std::string& folder, const std::vector<std::string>& wanted) {
  const std::vector<std::string> have = controllers_of(folder);
  return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& controller) {
    return std::find(have.begin(), have.end(), controller) != have.end();
  });
}

// Hierarchies that manage processes without limiting anything: nobody need have made the cgroup in them.
bool limits_nothing(const std::string& folder) { return has_one_of(folder, {"unified", "systemd"}); }

void join(const std::string& folder, const Place& place, const std::string& text, pid_t pid) {
  const std::string inside = place.path.empty() ? folder : cat(folder, "/", place.path);
  check(cgroup_tree::write(inside, "cgroup.procs", std::to_string(pid)), "exec --cgroup ", printable(text), ": join ",
        inside);
}

} // namespace

void join_below(const CgroupNames& names, const std::string& text, pid_t pid) {
  const Place place = parse(text);
  if (names.kind == CgroupNames::Kind::none) fail("exec --cgroup ", printable(text), ": the container has no cgroup");
  if (names.kind == CgroupNames::Kind::v2) {
    if (!place.controllers.empty())
      fail("exec --cgroup ", printable(text), ": cgroup v2 has no hierarchies to choose from");
    return join(names.folders.front(), place, text, pid);
  }
  bool joined = false;
  for (const std::string& folder : names.folders) {
    if (!place.controllers.empty() && !has_one_of(folder, place.controllers)) continue;
    if (place.controllers.empty() && limits_nothing(folder)) continue;
    join(folder, place, text, pid);
    joined = true;
  }
  if (!joined) fail("exec --cgroup ", printable(text), ": the container has no such controller");
}

} // namespace oci::runtime
