// oci info
#include "cli/image_verbs.h"
#include "cli/rootless_needs.h"

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "base/version.h"
#include "spec/image.h"
#include "spec/runtime_config.h"
#include "spec/store.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <unistd.h>

namespace oci::cli {

namespace {

Json list_of(const std::vector<std::string>& texts) {
  Json list{Json::Array()};
  for (const std::string& text : texts) list.push(text);
  return list;
}

Json version_facts() {
  Json json;
  json.set("version", OCI_VERSION);
  json.set("commit", OCI_COMMIT);
  json.set("runtimeSpec", std::string(spec::runtime_spec_version));
  return json;
}

Json host_facts(const HostState& host) {
  Json json;
  json.set("kernel", host.kernel);
  json.set("platform", spec::platform_text(spec::host_platform()));
  json.set("cpus", static_cast<std::uint64_t>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN))));
  json.set("memory",
           static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
  json.set("systemd", host.systemd);
  json.set("namespaces", list_of(host.namespaces));
  json.set("seccompActions", list_of(host.seccomp_actions));
  json.set("securityModules", list_of(host.security_modules));
  return json;
}

Json cgroup_facts(const HostState& host) {
  Json json;
  json.set("mode", std::string(cgroups_text(host.cgroups)));
  json.set("controllers", list_of(host.controllers));
  return json;
}

std::uint64_t bytes_below(const std::filesystem::path& folder) {
  std::uint64_t bytes = 0;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->is_regular_file(error) && !at->is_symlink(error)) bytes += at->file_size(error);
  }
  return bytes;
}

Json store_facts(const Globals& globals) {
  const std::string path = spec::Store::locate(globals.store);
  const auto store = spec::Store::open(path);
  Json json;
  json.set("path", path);
  json.set("images", static_cast<std::uint64_t>(store ? store->layout().index().manifests.size() : 0));
  json.set("bytes", store ? bytes_below(path + "/blobs") : 0);
  return json;
}

std::uint64_t folders_in(const std::string& path) {
  std::uint64_t count = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator at(path, error), end; !error && at != end; at.increment(error))
    if (at->is_directory(error) && at->path().filename().string().front() != '.') ++count;
  return count;
}

Json container_facts(const Globals& globals) {
  Json json;
  json.set("root", globals.state_root());
  json.set("containers", folders_in(globals.state_root()));
  return json;
}

Json rootless_facts(const HostState& host) {
  const RootlessFacts facts = read_rootless_facts();
  Json json;
  json.set("user", facts.user);
  json.set("subordinateUids", facts.uids);
  json.set("subordinateGids", facts.gids);
  Json& missing = json.set("missing", Json{Json::Array()});
  for (const Lack& lack : rootless_lacks(facts, host)) {
    Json one;
    one.set("what", lack.what);
    one.set("how", lack.how);
    missing.push(std::move(one));
  }
  return json;
}

Json all_facts(const Globals& globals) {
  const HostState host = read_host_state();
  Json json;
  json.set("oci", version_facts());
  json.set("host", host_facts(host));
  json.set("cgroups", cgroup_facts(host));
  json.set("store", store_facts(globals));
  json.set("runtime", container_facts(globals));
  json.set("rootless", rootless_facts(host));
  return json;
}

std::string shown(const std::string& name, const Json& value) {
  if (const std::string* text = value.as_string()) return printable(*text);
  if (const Json::Array* items = value.as_array()) {
    std::string text;
    for (const Json& item : *items) text += cat(text.empty() ? "" : " ", printable(*item.as_string()));
    return text.empty() ? "none" : text;
  }
  if (name == "bytes" || name == "memory") return human_bytes(value.as_uint64().value_or(0));
  return dump_json(value);
}

void print_missing(const Json::Array& missing) {
  if (missing.empty()) std::printf("  nothing is missing\n");
  for (const Json& lack : missing)
    std::printf("  missing: %s\n    to get it: %s\n", lack.find("what")->as_string()->c_str(),
                lack.find("how")->as_string()->c_str());
}

void print_text(const Json& facts) {
  for (const auto& [part, values] : *facts.as_object()) {
    std::printf("%s\n", part.c_str());
    for (const auto& [name, value] : *values.as_object()) {
      if (name == "missing")
        print_missing(*value.as_array());
      else
        std::printf("  %-16s %s\n", name.c_str(), shown(name, value).c_str());
    }
  }
}

class Info final : public Verb {
public:
  void declare(Command& command) override {
    command.option("--format", "FORMAT", "text or json", format_);
    command.words(0, 0, {});
  }

  int run(const Globals& globals, const Command&, Words) override {
    if (format_ != "text" && format_ != "json") fail("--format ", printable(format_), ": neither text nor json");
    const Json facts = all_facts(globals);
    if (format_ == "json")
      std::printf("%s\n", dump_json(facts, {"  ", false}).c_str());
    else
      print_text(facts);
    return 0;
  }

private:
  std::string format_ = "text";
};

} // namespace

std::unique_ptr<Verb> make_info() { return std::make_unique<Info>(); }

} // namespace oci::cli
