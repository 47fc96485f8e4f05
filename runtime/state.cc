#include "runtime/state.h"

#include "base/files.h"

#include <ctime>
#include <limits>

namespace oci::runtime {

namespace {

constexpr std::int64_t format = 2;

Json strings(const std::vector<std::string>& list) { return Json::Array(list.begin(), list.end()); }

Json map_json(const std::map<std::string, std::string>& map) {
  Json::Object object;
  for (const auto& [key, value] : map) object.emplace_back(key, value);
  return object;
}

// Reads what we wrote ourselves: every member must be there and of its type.
class Reader {
public:
  Reader(const Json& object, std::string_view name) : object_(object), name_(name) {}

  const Json& member(const char* key) const {
    const Json* value = object_.find(key);
    if (!value) fail(name_, ": no member ", key);
    return *value;
  }
  std::string text(const char* key) const {
    const std::string* value = member(key).as_string();
    if (!value) wrong(key);
    return *value;
  }
  std::uint64_t number(const char* key, std::uint64_t limit = std::numeric_limits<std::uint64_t>::max()) const {
    const auto value = member(key).as_uint64();
    if (!value || *value > limit) wrong(key);
    return *value;
  }
  std::vector<std::string> texts(const char* key) const {
    const Json::Array* array = member(key).as_array();
    if (!array) wrong(key);
    std::vector<std::string> out;
    for (const Json& value : *array) {
      if (!value.as_string()) wrong(key);
      out.push_back(*value.as_string());
    }
    return out;
  }
  std::map<std::string, std::string> text_map(const char* key) const {
    const Json::Object* object = member(key).as_object();
    if (!object) wrong(key);
    std::map<std::string, std::string> out;
    for (const auto& [name, value] : *object) {
      if (!value.as_string()) wrong(key);
      out.emplace(name, *value.as_string());
    }
    return out;
  }
  [[noreturn]] void wrong(const char* key) const { fail(name_, ": ", key, ": unexpected value"); }

private:
  const Json& object_;
  std::string_view name_;
};

constexpr std::pair<CgroupNames::Kind, std::string_view> cgroup_kinds[] = {
    {CgroupNames::Kind::none, "none"}, {CgroupNames::Kind::v1, "v1"}, {CgroupNames::Kind::v2, "v2"}};

} // namespace

Json to_json(const CgroupNames& names) {
  const auto kind = static_cast<std::size_t>(names.kind);
  return Json::Object{
      {"kind", cgroup_kinds[kind].second}, {"folders", strings(names.folders)}, {"parents", strings(names.parents)}};
}

CgroupNames cgroup_names_from(const Json& json) {
  const Reader reader(json, "cgroup");
  const std::string text = reader.text("kind");
  CgroupNames names{.folders = reader.texts("folders"), .parents = reader.texts("parents")};
  for (const auto& [kind, name] : cgroup_kinds) {
    if (name != text) continue;
    names.kind = kind;
    return names;
  }
  reader.wrong("kind");
}

Json to_json(const Record& record) {
  return Json::Object{{"runtime", "oci"},
                      {"format", format},
                      {"ociVersion", record.oci_version},
                      {"id", record.id},
                      {"creating", record.creating},
                      {"pid", record.init.pid},
                      {"startTime", record.init.start_time},
                      {"pidfs", record.init.pidfs},
                      {"boot", record.init.boot},
                      {"bundle", record.bundle},
                      {"rootfs", record.rootfs},
                      {"created", record.created},
                      {"annotations", map_json(record.annotations)},
                      {"cgroup", to_json(record.cgroup)},
                      {"coveredMount", record.covered_mount},
                      {"extra", record.extra}};
}

Record record_from(const Json& json) {
  const Reader reader(json, state_file);
  if (reader.number("format") != format) fail(state_file, ": written by another version of oci");
  const bool* creating = reader.member("creating").as_bool();
  if (!creating) reader.wrong("creating");
  return {.id = reader.text("id"),
          .oci_version = reader.text("ociVersion"),
          .creating = *creating,
          .init = {.pid = static_cast<pid_t>(reader.number("pid", std::numeric_limits<pid_t>::max())),
                   .start_time = reader.number("startTime"),
                   .pidfs = reader.number("pidfs"),
                   .boot = reader.text("boot")},
          .bundle = reader.text("bundle"),
          .rootfs = reader.text("rootfs"),
          .created = reader.text("created"),
          .annotations = reader.text_map("annotations"),
          .cgroup = cgroup_names_from(reader.member("cgroup")),
          .covered_mount = reader.number("coveredMount"),
          .extra = reader.member("extra")};
}

std::string rfc3339_now() {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return rfc3339(now.tv_sec, now.tv_nsec);
}

const char* status_name(Status status) {
  switch (status) {
  case Status::creating:
    return "creating";
  case Status::created:
    return "created";
  case Status::running:
    return "running";
  case Status::paused:
    return "paused";
  case Status::stopped:
    return "stopped";
  }
  return "unknown";
}

ContainerState container_state(const Record& record, Status status) {
  return {.oci_version = record.oci_version,
          .id = record.id,
          .status = status,
          .pid = status == Status::stopped ? 0 : record.init.pid,
          .bundle = record.bundle,
          .rootfs = record.rootfs,
          .created = record.created,
          .owner = "",
          .annotations = record.annotations};
}

Json to_json(const ContainerState& state) {
  Json::Object object{{"ociVersion", state.oci_version},
                      {"id", state.id},
                      {"pid", state.pid},
                      {"status", status_name(state.status)},
                      {"bundle", state.bundle},
                      {"rootfs", state.rootfs},
                      {"created", state.created}};
  if (!state.annotations.empty()) object.emplace_back("annotations", map_json(state.annotations));
  object.emplace_back("owner", state.owner);
  return object;
}

Json state_json(const Record& record, Status status) {
  Json::Object object;
  object.emplace_back("ociVersion", record.oci_version);
  object.emplace_back("id", record.id);
  object.emplace_back("status", status_name(status));
  if (status != Status::stopped && record.init.pid != 0) object.emplace_back("pid", record.init.pid);
  object.emplace_back("bundle", record.bundle);
  if (!record.annotations.empty()) object.emplace_back("annotations", map_json(record.annotations));
  return object;
}

std::string hook_state(const Record& record, Status status) { return dump_json(state_json(record, status)); }

} // namespace oci::runtime
