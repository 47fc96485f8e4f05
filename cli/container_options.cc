#include "cli/container_options.h"

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "base/sys.h"
#include "cli/host_facts.h"

namespace oci::cli {

void ContainerOptions::declare(Command& command) {
  specgen::Request& r = request;
  command.option("-e,--env", "NAME[=VALUE]", "set an environment variable", r.env);
  command.option("-u,--user", "USER[:GROUP]", "run as this user, by name or number", r.user);
  command.option("-w,--workdir", "PATH", "the program's working folder", r.workdir);
  command.option("-h,--hostname", "NAME", "the container's host name", r.hostname);
  command.option("-v,--volume", "SOURCE:DESTINATION[:OPTIONS]", "bind a folder or file of the host", r.volume);
  command.flag("-t,--tty", "give the program a terminal", tty);
  command.flag("-i,--interactive", "pass our standard input on", interactive);
  command.option("--entrypoint", "PROGRAM", "run this in the place of the image's entrypoint", r.entrypoint);
  command.flag("--read-only", "mount the rootfs read-only", r.read_only);
  command.option("--cap-add", "NAME", "add a capability, or ALL", r.cap_add);
  command.option("--cap-drop", "NAME", "drop a capability, or ALL", r.cap_drop);
  command.option("-m,--memory", "BYTES", "memory limit, such as 512m", r.memory);
  command.option("--pids-limit", "NUMBER", "how many processes there may be", r.pids_limit);
  command.option("--net,--network", "MODE", "none (default) or host", r.net);
}

void write_bundle_config(int bundle, const std::optional<spec::ImageConfig>& image, specgen::Request request) {
  const Fd rootfs = check(sys::openat(bundle, "rootfs", O_PATH | O_DIRECTORY), "open the bundle's rootfs");
  const specgen::Needs needs = specgen::needs(request);
  complete_request(request, needs);
  const specgen::Generated generated = specgen::generate(
      image, specgen::engine("docker"), request, specgen::read_user_files(rootfs.get()), gather_host_facts(needs));
  for (const std::string& warning : generated.warnings) log::warning(warning);
  write_file_atomic(bundle, "config.json", specgen::config_text(generated.config), 0644);
}

} // namespace oci::cli
