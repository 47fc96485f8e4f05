#include "cli/container_options.h"

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "base/sys.h"
#include "cli/container_defaults.h"
#include "cli/host_facts.h"

#include <map>
#include <type_traits>

namespace oci::cli {

namespace {

constexpr std::size_t max_template = 4u << 20;

void declare_process(Command& command, specgen::Request& r) {
  command.option("-e,--env", "NAME[=VALUE]", "set an environment variable", r.env);
  command.option("--env-file", "FILE", "set the variables of FILE, one a line", r.env_file);
  command.option("-u,--user", "USER[:GROUP]", "run as this user, by name or number", r.user);
  command.option("--group-add", "GROUP", "a supplementary group, by name or number", r.group_add);
  command.option("-w,--workdir", "PATH", "the program's working folder", r.workdir);
  command.option("--umask", "MODE", "the program's umask, octal", r.umask);
  command.option("--entrypoint", "PROGRAM", "run this in the place of the image's entrypoint", r.entrypoint);
  command.option("--ulimit", "NAME=SOFT[:HARD]", "a resource limit, such as nofile=1024", r.ulimit);
  command.flag("--init", "let a small init of the host be process 1", r.init);
  command.option("--tz", "ZONE", "its time zone, such as Europe/Berlin, or local", r.tz);
  command.option("--stop-signal", "SIGNAL", "the signal that asks it to stop", r.stop_signal);
}

void declare_files(Command& command, specgen::Request& r) {
  command.option("-v,--volume", "SOURCE:DESTINATION[:OPTIONS]", "bind a folder or file of the host", r.volume);
  command.option("--mount", "type=TYPE,KEY=VALUE...", "bind or tmpfs, spelt out", r.mount);
  command.option("--tmpfs", "DESTINATION[:OPTIONS]", "mount an empty tmpfs", r.tmpfs);
  command.option("--shm-size", "BYTES", "the size of /dev/shm", r.shm_size);
  command.flag("--read-only", "mount the rootfs read-only", r.read_only);
  command.option("--image-volume", "MODE", "the image's volumes: tmpfs or ignore", r.image_volume);
  command.option("--rootfs-propagation", "MODE", "how mounts pass in and out: private, shared, slave...",
                 r.rootfs_propagation);
  command.option("--device", "HOST[:CONTAINER][:rwm]", "give it a device of the host", r.device);
}

void declare_rights(Command& command, specgen::Request& r) {
  command.option("--cap-add", "NAME", "add a capability, or ALL", r.cap_add);
  command.option("--cap-drop", "NAME", "drop a capability, or ALL", r.cap_drop);
  command.flag("--privileged", "all capabilities and devices, no seccomp, no masks", r.privileged);
  command.option("--security-opt", "OPTION", "no-new-privileges, seccomp=FILE|unconfined, apparmor=..., mask=...",
                 r.security_opt);
  command.option("--device-cgroup-rule", "RULE", "let it use devices, such as \"c 1:3 rwm\"", r.device_cgroup_rule);
  command.option("--sysctl", "NAME=VALUE", "a kernel setting of its namespaces", r.sysctl);
}

void declare_limits(Command& command, specgen::Request& r) {
  command.option("-m,--memory", "BYTES", "memory limit, such as 512m", r.memory);
  command.option("--memory-reservation", "BYTES", "what it is pushed back to when memory is short",
                 r.memory_reservation);
  command.option("--memory-swap", "BYTES", "memory and swap together; -1: no limit", r.memory_swap);
  command.option("--cpus", "NUMBER", "how much of the processors, such as 1.5", r.cpus);
  command.option("--cpu-shares", "NUMBER", "relative weight", r.cpu_shares);
  command.option("--memory-swappiness", "NUMBER", "from 0 to 100", r.memory_swappiness);
  command.flag("--oom-kill-disable", "never kill it for want of memory (cgroup v1)", r.oom_kill_disable);
  command.option("--cpu-period", "MICROSECONDS", "the time that --cpu-quota is of", r.cpu_period);
  command.option("--cpu-quota", "MICROSECONDS", "processor time in each period; -1: no limit", r.cpu_quota);
  command.option("--cpuset-mems", "LIST", "memory nodes it may use", r.cpuset_mems);
  command.option("--cpuset-cpus", "LIST", "processors it may use, such as 0-2,7", r.cpuset_cpus);
  command.option("--pids-limit", "NUMBER", "how many processes there may be", r.pids_limit);
  command.option("--blkio-weight", "NUMBER", "share of disks, from 10 to 1000", r.blkio_weight);
  command.option("--blkio-weight-device", "DEVICE:WEIGHT", "the same of one disk", r.blkio_weight_device);
  command.option("--device-read-bps", "DEVICE:BYTES", "read at most so much a second", r.device_read_bps);
  command.option("--device-write-bps", "DEVICE:BYTES", "write at most so much a second", r.device_write_bps);
  command.option("--device-read-iops", "DEVICE:NUMBER", "so many reads a second", r.device_read_iops);
  command.option("--device-write-iops", "DEVICE:NUMBER", "so many writes a second", r.device_write_iops);
  command.option("--hugetlb-limit", "PAGESIZE=BYTES", "huge pages, such as 2MB=64m", r.hugetlb_limit);
  command.option("--cgroup-parent", "PATH", "the cgroup its own stands in", r.cgroup_parent);
  command.option("--oom-score-adj", "NUMBER", "from -1000 to 1000", r.oom_score_adj);
}

void declare_namespaces(Command& command, specgen::Request& r) {
  command.option("-h,--hostname", "NAME", "the container's host name", r.hostname);
  command.option("--domainname", "NAME", "the container's NIS domain name", r.domainname);
  command.option("--net,--network", "MODE", "none (default), host or ns:PATH", r.net);
  command.option("--pid", "MODE", "host or ns:PATH", r.pid);
  command.option("--ipc", "MODE", "host or ns:PATH", r.ipc);
  command.option("--uts", "MODE", "host or ns:PATH", r.uts);
  command.option("--cgroupns", "MODE", "private, host or ns:PATH", r.cgroupns);
  command.option("--userns", "MODE", "private (with --uidmap), host or ns:PATH", r.userns);
  command.option("--uidmap", "CONTAINER:HOST[:SIZE]", "map user ids; also the groups' unless --gidmap", r.uidmap);
  command.option("--gidmap", "CONTAINER:HOST[:SIZE]", "map group ids", r.gidmap);
  command.option("--idroot", "N", "the host's id that is 0 inside", r.idroot);
  command.option("--idlen", "N", "how many ids are mapped from --idroot (default 65536)", r.idlen);
  command.option("--add-host", "NAME:ADDRESS", "a line of /etc/hosts", r.add_host);
  command.option("--dns", "ADDRESS", "a name server in /etc/resolv.conf", r.dns);
  command.option("--dns-search", "DOMAIN", "a domain to search; . for none", r.dns_search);
  command.option("--dns-option,--dns-opt", "OPTION", "an option of the resolver", r.dns_option);
  command.option("--hook", "NAME:PROGRAM [ARGUMENT...]", "run a program of the host, such as prestart:/bin/true",
                 r.hook);
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
  command.option("--engine", "NAME", "whose defaults: docker (default), podman, containerd or runc", engine_name);
  command.option("--template", "FILE", "a config.json to start from instead", template_file);
  command.option("--patch", "JSON", "merge this into config.json at the end (RFC 7386)", patch);
}

namespace {

void put_over(const Target& given, const Target& base) {
  std::visit(
      [&](auto* from) {
        auto* into = std::get<decltype(from)>(base);
        if constexpr (std::is_same_v<decltype(from), Words*>)
          into->insert(into->end(), from->begin(), from->end());
        else
          *into = *from;
      },
      given);
}

// The values of options that cannot be repeated, under every name.
std::map<std::string, std::string> texts_of(const Command& line) {
  std::map<std::string, std::string> texts;
  for (const Flag& flag : line.flags())
    std::visit(
        [&](const auto* value) {
          using T = std::remove_cvref_t<decltype(*value)>;
          for (const std::string& name : split(flag.names, ',')) {
            if constexpr (std::is_same_v<T, bool>)
              texts[name] = *value ? "true" : "false";
            else if constexpr (std::is_same_v<T, std::optional<bool>>)
              texts[name] = value->value_or(false) ? "true" : "false";
            else if constexpr (std::is_same_v<T, std::string>)
              texts[name] = *value;
            else if constexpr (std::is_same_v<T, std::optional<std::string>>)
              texts[name] = value->value_or("");
          }
        },
        flag.target);
  return texts;
}

// A message begins with the flag whose value is refused: of the file's, with its line before.
template <class Make>
auto naming_file(const specgen::FileDefaults& defaults, const Make& make) {
  try {
    return make();
  } catch (Error& error) {
    const std::string flag = error.message().substr(0, error.message().find_first_of(" :"));
    const auto source = defaults.sources.find(flag);
    if (source == defaults.sources.end() || defaults.replaced.contains(flag) || defaults.extended.contains(flag)) throw;
    std::move(error).within(source->second);
    throw;
  }
}

} // namespace

std::vector<std::string> ContainerOptions::put_over(ContainerOptions base, const Command& line) {
  base.request.command = request.command;
  Command base_line;
  base.declare(base_line);
  std::vector<std::string> given;
  for (const Flag& flag : line.flags()) {
    if (!flag.given) continue;
    for (const Flag& same : base_line.flags())
      if (same.names == flag.names) {
        cli::put_over(flag.target, same.target);
        for (const std::string& name : split(flag.names, ',')) given.push_back(name);
      }
  }
  *this = std::move(base);
  return given;
}

void ContainerOptions::put_over_defaults(const Command& line) {
  ContainerOptions file;
  Command file_line;
  file.declare(file_line);
  specgen::FileDefaults defaults{read_container_defaults(file_line), {}, {}};
  if (defaults.sources.empty()) return;
  if (file.engine_name && file.template_file)
    fail(defaults.sources["--template"], ": template: does not go with engine (", defaults.sources["--engine"], ")");
  if (engine_name) file.template_file.reset();
  if (template_file) file.engine_name.reset();
  const std::map<std::string, std::string> values = texts_of(file_line);
  const specgen::Request alone = file.request;
  for (const std::string& name : put_over(std::move(file), line)) {
    if (!defaults.sources.contains(name)) continue;
    if (const auto value = values.find(name); value != values.end())
      defaults.replaced[name] = value->second;
    else
      defaults.extended.insert(name);
  }
  file_defaults = std::move(defaults);
  file_request = alone;
}

specgen::Engine ContainerOptions::engine() const {
  if (template_file && engine_name) fail("--template ", printable(*template_file), ": does not go with --engine");
  return naming_file(file_defaults, [&] {
    if (!template_file) return specgen::engine(engine_name.value_or("docker"));
    const std::string text = with_context("--template", [&] { return read_file(*template_file, max_template); });
    return specgen::engine_of_file(spec::parse_runtime_config(text, *template_file), cat("template ", *template_file));
  });
}

namespace {

specgen::Generated generate_from(specgen::Request request, const std::optional<spec::ImageConfig>& image,
                                 const specgen::Engine& engine, const specgen::UserFiles& users) {
  const specgen::Needs needs = specgen::needs(request);
  complete_request(request, needs);
  return specgen::generate(image, engine, request, users, gather_host_facts(needs));
}

} // namespace

specgen::Generated generate_config(const std::optional<spec::ImageConfig>& image, const specgen::Engine& engine,
                                   const ContainerOptions& options, int rootfs) {
  const specgen::UserFiles users = rootfs < 0 ? specgen::UserFiles() : specgen::read_user_files(rootfs);
  const specgen::FileDefaults& defaults = options.file_defaults;
  specgen::Generated alone;
  if (!defaults.extended.empty()) {
    specgen::Request request = options.file_request;
    request.command = options.request.command;
    alone = naming_file({defaults.sources, {}, {}},
                        [&] { return generate_from(std::move(request), image, engine, users); });
  }
  specgen::Generated generated =
      naming_file(defaults, [&] { return generate_from(options.request, image, engine, users); });
  specgen::trace_to(generated, defaults, alone);
  if (options.patch) naming_file(defaults, [&] { specgen::apply_patch(generated, *options.patch); });
  return generated;
}

void write_generated(int bundle, const specgen::Generated& generated) {
  for (const std::string& warning : generated.warnings) log::warning(warning);
  for (const auto& [name, text] : generated.files) write_file_atomic(bundle, name, text, 0644);
  write_file_atomic(bundle, "config.json", specgen::config_text(generated.config), 0644);
}

void write_bundle_config(int bundle, const std::optional<spec::ImageConfig>& image, const ContainerOptions& options) {
  const Fd rootfs = check(sys::openat(bundle, "rootfs", O_PATH | O_DIRECTORY), "open the bundle's rootfs");
  write_generated(bundle, generate_config(image, options.engine(), options, rootfs.get()));
}

} // namespace oci::cli
