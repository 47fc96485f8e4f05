// The config.json being made, with its inputs at hand and the origin of all that is written to it. The steps are free
// functions over it; generate() gives their order.
#pragma once

#include "specgen/flags.h"
#include "specgen/specgen.h"

#include <type_traits>

namespace oci::specgen {

inline Origin from_flag(std::string name) { return {Origin::Kind::user, std::move(name), {}}; }
inline Origin from_image(std::string field) { return {Origin::Kind::image, std::move(field), {}}; }
inline Origin from_host(std::string what) { return {Origin::Kind::host, std::move(what), {}}; }

// As it stands in the list of overridden values.
inline std::string value_text(const std::string& value) { return value; }
inline std::string value_text(bool value) { return value ? "true" : "false"; }
template <std::integral N>
requires(!std::same_as<N, bool>) std::string value_text(N value) { return std::to_string(value); }
template <class T>
std::string value_text(const std::optional<T>& value) {
  return value ? value_text(*value) : "";
}

class Draft {
public:
  Draft(const std::optional<spec::ImageConfig>& image_config, const Engine& the_engine, const Request& the_request,
        const UserFiles& the_users, const HostFacts& the_host);

  const spec::ImageConfig* const image;    // null for a plain rootfs
  const spec::ContainerConfig& image_says; // its "config", empty when there is none
  const Engine& engine;
  const Request& request;
  const UserFiles& users;
  const HostFacts& host;

  spec::RuntimeConfig config;
  std::vector<std::string> warnings;
  Provenance provenance;
  std::map<std::string, std::string> files; // beside config.json
  std::string home;                         // the user's, by the image's passwd; "" when it has none

  // What is there without anybody's asking.
  Origin engine_origin() const {
    return {engine.is_file ? Origin::Kind::configuration : Origin::Kind::engine, engine.name, {}};
  }

  spec::Process& process() { return *config.process; }
  spec::Linux& linux_part() { return *config.linux_; }
  spec::Resources& resources();

  // `path` has this origin from now on.
  void note(const std::string& path, Origin origin) { provenance[path] = std::move(origin); }
  // The same where `old_value` stood before: it is remembered with the origin it had.
  void note_over(const std::string& path, Origin origin, const std::string& old_value);

  template <class T>
  void set(const std::string& path, T& slot, std::type_identity_t<T> value, Origin origin) {
    const std::string old = value_text(slot);
    slot = std::move(value);
    if (old.empty())
      note(path, std::move(origin));
    else
      note_over(path, std::move(origin), old);
  }

  // An annotation; a value that stood there is overridden.
  void annotate(const std::string& key, std::string value, Origin origin);

  template <class... Parts>
  void warn(const Parts&... parts) {
    warnings.push_back(cat(parts...));
  }

  bool has_namespace(std::string_view type) const;
  // The host's kernel is this version or newer.
  bool kernel_at_least(unsigned major, unsigned minor) const;

private:
  Origin origin_of(const std::string& path) const;
};

// The steps, in the order of generate().
void apply_command(Draft& draft);
void apply_working_folder(Draft& draft);
void apply_user(Draft& draft);
void apply_namespaces(Draft& draft);
void apply_names(Draft& draft);
void apply_environment(Draft& draft); // after user (HOME) and names (HOSTNAME)
void apply_root(Draft& draft);
void apply_mounts(Draft& draft);
void apply_id_mappings(Draft& draft);   // after mounts
void apply_init(Draft& draft);          // after command and mounts
void apply_network_files(Draft& draft); // after names and mounts
void apply_time_zone(Draft& draft);
void apply_hooks(Draft& draft);
void apply_capabilities(Draft& draft); // after user
void apply_security(Draft& draft);     // after capabilities: the seccomp profile depends on them
void apply_devices(Draft& draft);
void apply_resources(Draft& draft);
void apply_block_io(Draft& draft);
void apply_cgroup(Draft& draft); // huge pages and the cgroup's place
void apply_limits(Draft& draft); // ulimits and sysctls, after namespaces and capabilities
void apply_annotations(Draft& draft);

} // namespace oci::specgen
