#include "specgen/beside.h"
#include "specgen/devices.h"
#include "specgen/draft.h"
#include "specgen/security_options.h"

namespace oci::specgen {

Needs needs(const Request& request) {
  Needs all;
  for (const std::string& file : request.env_file) all.files.push_back({file, cat("--env-file ", printable(file))});
  const SecurityOptions options = parse_security_options(request.security_opt);
  if (options.seccomp_is_file()) all.files.push_back({options.seccomp, "--security-opt seccomp"});
  if (request.tz) all.files.push_back({time_zone_file(*request.tz), cat("--tz ", printable(*request.tz))});
  all.devices = device_paths(request);
  all.programs = program_names(request);
  return all;
}

Generated generate(const std::optional<spec::ImageConfig>& image, const Engine& engine, const Request& request,
                   const UserFiles& users, const HostFacts& host) {
  if (image && !image->os.empty() && image->os != "linux")
    fail("the image is for ", printable(image->os), ", not for linux");
  Draft draft(image, engine, request, users, host);
  apply_command(draft);
  apply_working_folder(draft);
  apply_user(draft);
  apply_namespaces(draft);
  apply_names(draft);
  apply_environment(draft);
  apply_root(draft);
  apply_mounts(draft);
  apply_network_files(draft);
  apply_time_zone(draft);
  apply_init(draft);
  apply_id_mappings(draft);
  apply_hooks(draft);
  apply_capabilities(draft);
  apply_security(draft);
  apply_devices(draft);
  apply_resources(draft);
  apply_block_io(draft);
  apply_cgroup(draft);
  apply_limits(draft);
  apply_annotations(draft);
  return {std::move(draft.config), std::move(draft.warnings), std::move(draft.provenance), std::move(draft.files)};
}

std::string config_text(const spec::RuntimeConfig& config) {
  return dump_json(spec::to_json(config), {.indent = "\t", .escape_html = false}) + "\n";
}

} // namespace oci::specgen
