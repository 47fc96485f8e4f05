#include "cli/container_options.h"

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "base/sys.h"
#include "cli/host_facts.h"

namespace oci::cli {

namespace {

void declare_process(Command& command, specgen::Request& r) {
  command.option("-e,--env", "NAME[=VALUE]", "set an environment variable", r.env);
  command.option("--env-file", "FILE", "set the variables of FILE, one a line", r.env_file);
  command.option("-u,--user", "USER[:GROUP]", "run as this user, by name or number", r.user);
  command.option("--group-add", "GROUP", "a supplementary group, by name or number", r.group_add);
  command.option("-w,--workdir", "PATH", "the program's working folder", r.workdir);
  command.option("--umask", "MODE", "the program's umask, octal", r.umask);
  command.option("--entrypoint", "PROGRAM", "run this in the place of the image's entrypoint", r.entrypoint);
  command.option("--ulimit", "NAME=SOFT[:HARD]", "a resource limit, such as nofile=1024", r.ulimit);
  command.option("--stop-signal", "SIGNAL", "the signal that asks it to stop", r.stop_signal);
}

void declare_files(Command& command, specgen::Request& r) {
  command.option("-v,--volume", "SOURCE:DESTINATION[:OPTIONS]", "bind a folder or file of the host", r.volume);
  command.option("--mount", "type=TYPE,KEY=VALUE...", "bind or tmpfs, spelt out", r.mount);
  command.option("--tmpfs", "DESTINATION[:OPTIONS]", "mount an empty tmpfs", r.tmpfs);
  command.option("--shm-size", "BYTES", "the size of /dev/shm", r.shm_size);
  command.flag("--read-only", "mount the rootfs read-only", r.read_only);
  command.option("--device", "HOST[:CONTAINER][:rwm]", "give it a device of the host", r.device);
}

void declare_rights(Command& command, specgen::Request& r) {
  command.option("--cap-add", "NAME", "add a capability, or ALL", r.cap_add);
  command.option("--cap-drop", "NAME", "drop a capability, or ALL", r.cap_drop);
  command.flag("--privileged", "all capabilities and devices, no seccomp, no masks", r.privileged);
  command.option("--security-opt", "OPTION", "no-new-privileges, seccomp=FILE|unconfined, apparmor=..., mask=...",
                 r.security_opt);
  command.option("--sysctl", "NAME=VALUE", "a kernel setting of its namespaces", r.sysctl);
}

void declare_limits(Command& command, specgen::Request& r) {
  command.option("-m,--memory", "BYTES", "memory limit, such as 512m", r.memory);
  command.option("--memory-reservation", "BYTES", "what it is pushed back to when memory is short",
                 r.memory_reservation);
  command.option("--memory-swap", "BYTES", "memory and swap together; -1: no limit", r.memory_swap);
  command.option("--cpus", "NUMBER", "how much of the processors, such as 1.5", r.cpus);
  command.option("--cpu-shares", "NUMBER", "relative weight", r.cpu_shares);
  command.option("--cpuset-cpus", "LIST", "processors it may use, such as 0-2,7", r.cpuset_cpus);
  command.option("--pids-limit", "NUMBER", "how many processes there may be", r.pids_limit);
  command.option("--oom-score-adj", "NUMBER", "from -1000 to 1000", r.oom_score_adj);
}

void declare_namespaces(Command& command, specgen::Request& r) {
  command.option("-h,--hostname", "NAME", "the container's host name", r.hostname);
  command.option("--domainname", "NAME", "the container's NIS domain name", r.domainname);
  command.option("--net,--network", "MODE", "none (default), host or ns:PATH", r.net);
  command.option("--pid", "MODE", "host or ns:PATH", r.pid);
  command.option("--ipc", "MODE", "host or ns:PATH", r.ipc);
  command.option("--uts", "MODE", "host or ns:PATH", r.uts);
  command.option("--label", "NAME=VALUE", "an annotation in config.json", r.label);
  command.option("--annotation", "NAME=VALUE", "the same", r.annotation);
}

} // namespace

void ContainerOptions::declare(Command& command) {
  command.flag("-t,--tty", "give the program a terminal", tty);
  command.flag("-i,--interactive", "pass our standard input on", interactive);
  declare_process(command, request);
  declare_files(command, request);
  declare_rights(command, request);
  declare_limits(command, request);
  declare_namespaces(command, request);
}

std::string bundle_config_text(int rootfs, const std::optional<spec::ImageConfig>& image, specgen::Request request) {
  const specgen::Needs needs = specgen::needs(request);
  complete_request(request, needs);
  const specgen::UserFiles users = rootfs < 0 ? specgen::UserFiles() : specgen::read_user_files(rootfs);
  const specgen::Generated generated =
      specgen::generate(image, specgen::engine("docker"), request, users, gather_host_facts(needs));
  for (const std::string& warning : generated.warnings) log::warning(warning);
  return specgen::config_text(generated.config);
}

void write_bundle_config(int bundle, const std::optional<spec::ImageConfig>& image, specgen::Request request) {
  const Fd rootfs = check(sys::openat(bundle, "rootfs", O_PATH | O_DIRECTORY), "open the bundle's rootfs");
  write_file_atomic(bundle, "config.json", bundle_config_text(rootfs.get(), image, std::move(request)), 0644);
}

} // namespace oci::cli
