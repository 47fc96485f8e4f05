#include "spec/config_rules.h"

#include "spec/capability_names.h"

#include <set>

namespace oci::spec {
namespace {

constexpr std::string_view rlimit_names[] = {"RLIMIT_AS",     "RLIMIT_CORE",   "RLIMIT_CPU",        "RLIMIT_DATA",
                                             "RLIMIT_FSIZE",  "RLIMIT_LOCKS",  "RLIMIT_MEMLOCK",    "RLIMIT_MSGQUEUE",
                                             "RLIMIT_NICE",   "RLIMIT_NOFILE", "RLIMIT_NPROC",      "RLIMIT_RSS",
                                             "RLIMIT_RTPRIO", "RLIMIT_RTTIME", "RLIMIT_SIGPENDING", "RLIMIT_STACK"};

bool is_version(std::string_view text) {
  const std::vector<std::string> numbers = split(text.substr(0, text.find_first_of("-+")), '.');
  return numbers.size() == 3 &&
         std::all_of(numbers.begin(), numbers.end(), [](const std::string& part) { return parse_unsigned(part); });
}

void check_version(const RuntimeConfig& config, Findings& findings) {
  if (config.oci_version.empty()) return;
  if (!is_version(config.oci_version))
    findings.error("ociVersion", "not a version as in SemVer 2.0.0: \"", printable(config.oci_version, 80), "\"");
  else if (!config.oci_version.starts_with("1."))
    findings.error("ociVersion", "version ", printable(config.oci_version, 80),
                   " is none of 1.x, which this is made for");
}

void check_rlimits(const Process& process, Findings& findings) {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < process.rlimits.size(); ++i) {
    const Rlimit& limit = process.rlimits[i];
    const std::string path = cat("process.rlimits[", i, "]");
    findings.one_of(cat(path, ".type"), limit.type, rlimit_names);
    if (!limit.type.empty() && !seen.insert(limit.type).second)
      findings.error(cat(path, ".type"), limit.type, " is there already");
    if (limit.soft > limit.hard) findings.error(cat(path, ".soft"), "is above hard, ", limit.hard);
  }
}

void check_capability_set(const std::string& set, const std::vector<std::string>& names, Findings& findings) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (std::find(capability_names.begin(), capability_names.end(), names[i]) != capability_names.end()) continue;
    const auto near = nearest(names[i], {capability_names.begin(), capability_names.end()});
    findings.warn(cat("process.capabilities.", set, "[", i, "]"), "no capability: \"", printable(names[i], 80), "\"",
                  near ? cat("; did you mean \"", *near, "\"?") : std::string());
  }
}

void check_within(const std::string& set, const std::vector<std::string>& names, std::string_view outer,
                  const std::vector<std::string>& permitted, Findings& findings) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (std::find(permitted.begin(), permitted.end(), names[i]) == permitted.end())
      findings.warn(cat("process.capabilities.", set, "[", i, "]"), printable(names[i], 80), " is not in ", outer,
                    ", the kernel does not grant it");
}

void check_capabilities(const Capabilities& sets, Findings& findings) {
  check_capability_set("bounding", sets.bounding, findings);
  check_capability_set("effective", sets.effective, findings);
  check_capability_set("inheritable", sets.inheritable, findings);
  check_capability_set("permitted", sets.permitted, findings);
  check_capability_set("ambient", sets.ambient, findings);
  check_within("effective", sets.effective, "permitted", sets.permitted, findings);
  check_within("ambient", sets.ambient, "permitted", sets.permitted, findings);
  check_within("ambient", sets.ambient, "inheritable", sets.inheritable, findings);
}

void check_scheduling(const Process& process, Findings& findings) {
  if (const auto& scheduler = process.scheduler) {
    findings.one_of(
        "process.scheduler.policy", scheduler->policy,
        {"SCHED_OTHER", "SCHED_FIFO", "SCHED_RR", "SCHED_BATCH", "SCHED_ISO", "SCHED_IDLE", "SCHED_DEADLINE"});
    for (std::size_t i = 0; i < scheduler->flags.size(); ++i)
      findings.one_of(cat("process.scheduler.flags[", i, "]"), scheduler->flags[i],
                      {"SCHED_FLAG_RESET_ON_FORK", "SCHED_FLAG_RECLAIM", "SCHED_FLAG_DL_OVERRUN",
                       "SCHED_FLAG_KEEP_POLICY", "SCHED_FLAG_KEEP_PARAMS", "SCHED_FLAG_UTIL_CLAMP_MIN",
                       "SCHED_FLAG_UTIL_CLAMP_MAX"});
    if (scheduler->nice && (*scheduler->nice < -20 || *scheduler->nice > 19))
      findings.error("process.scheduler.nice", "not between -20 and 19: ", *scheduler->nice);
    const bool timed = scheduler->runtime || scheduler->deadline || scheduler->period;
    if (timed && scheduler->policy != "SCHED_DEADLINE")
      findings.error("process.scheduler", "runtime, deadline and period are SCHED_DEADLINE's alone");
  }
  if (const auto& io = process.io_priority) {
    findings.one_of("process.ioPriority.class", io->io_class,
                    {"IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE", "IOPRIO_CLASS_IDLE"});
    if (io->priority && (*io->priority < 0 || *io->priority > 7))
      findings.error("process.ioPriority.priority", "not between 0 and 7: ", *io->priority);
  }
  if (const auto& affinity = process.exec_cpu_affinity) {
    findings.cpu_list("process.execCPUAffinity.initial", affinity->initial);
    findings.cpu_list("process.execCPUAffinity.final", affinity->final_);
  }
}

void check_process(const Process& process, Findings& findings) {
  findings.absolute("process.cwd", process.cwd);
  if (process.args.empty() && process.command_line.empty())
    findings.error("process.args", "must have one entry at least, the program");
  else if (!process.args.empty() && process.args[0].empty())
    findings.error("process.args[0]", "names no program");
  for (std::size_t i = 0; i < process.env.size(); ++i)
    if (process.env[i].find('=') == std::string::npos || process.env[i].starts_with('='))
      findings.warn(cat("process.env[", i, "]"), "not NAME=VALUE: \"", printable(process.env[i], 80), "\"");
  if (process.user.umask && *process.user.umask > 0777)
    findings.error("process.user.umask", "above 0777 (511): ", *process.user.umask);
  if (process.console_size && !process.terminal) findings.warn("process.consoleSize", "has no effect without terminal");
  if (process.oom_score_adj && (*process.oom_score_adj < -1000 || *process.oom_score_adj > 1000))
    findings.error("process.oomScoreAdj", "not between -1000 and 1000: ", *process.oom_score_adj);
  if (process.capabilities) check_capabilities(*process.capabilities, findings);
  check_rlimits(process, findings);
  check_scheduling(process, findings);
}

bool has_option(const Mount& mount, std::string_view wanted) {
  return std::find(mount.options.begin(), mount.options.end(), wanted) != mount.options.end();
}

void check_mount(const RuntimeConfig& config, const Mount& mount, const std::string& path, Findings& findings) {
  if (!mount.destination.empty() && !mount.destination.starts_with('/'))
    findings.warn(cat(path, ".destination"), "relative, taken from /; should be absolute: \"",
                  printable(mount.destination, 80), "\"");
  const bool bind = has_option(mount, "bind") || has_option(mount, "rbind") || mount.type == "bind";
  if (bind && mount.source.empty()) findings.error(cat(path, ".source"), "missing: what is to be bound");
  if (!bind && mount.type.empty() && !has_option(mount, "remount"))
    findings.error(cat(path, ".type"), "missing: no file system, and neither bind nor rbind among the options");
  if (mount.uid_mappings.empty() != mount.gid_mappings.empty())
    findings.error(cat(path, mount.uid_mappings.empty() ? ".uidMappings" : ".gidMappings"),
                   "uidMappings and gidMappings go together");
  const bool mapped = has_option(mount, "idmap") || has_option(mount, "ridmap");
  if (mapped && mount.uid_mappings.empty() && !has_namespace(config, "user"))
    findings.error(cat(path, ".options"), "idmap without mappings, and without a user namespace whose ones to use");
}

void check_hook(const Hook& hook, const std::string& path, Findings& findings) {
  findings.absolute(cat(path, ".path"), hook.path);
  if (hook.timeout && *hook.timeout <= 0)
    findings.error(cat(path, ".timeout"), "must be greater than 0: ", *hook.timeout);
}

void check_hooks(const Hooks& hooks, Findings& findings) {
  const std::pair<std::string_view, const std::vector<Hook>&> kinds[] = {{"prestart", hooks.prestart},
                                                                         {"createRuntime", hooks.create_runtime},
                                                                         {"createContainer", hooks.create_container},
                                                                         {"startContainer", hooks.start_container},
                                                                         {"poststart", hooks.poststart},
                                                                         {"poststop", hooks.poststop}};
  for (const auto& [name, list] : kinds)
    for (std::size_t i = 0; i < list.size(); ++i) check_hook(list[i], cat("hooks.", name, "[", i, "]"), findings);
  if (!hooks.prestart.empty()) findings.warn("hooks.prestart", "deprecated: createRuntime runs at the same place");
}

} // namespace

void check_common_rules(const RuntimeConfig& config, Findings& findings) {
  check_version(config, findings);
  if (!config.root) findings.error("root", "missing: it names the root file system");
  if (config.process)
    check_process(*config.process, findings);
  else
    findings.warn("process", "missing: such a container can be created, never started");
  for (const auto& [field, value] :
       {std::pair<const char*, const std::string&>{"hostname", config.hostname}, {"domainname", config.domainname}})
    if (!value.empty() && !has_namespace(config, "uts"))
      findings.error(field, "would change the host's: linux.namespaces has no uts");
  for (std::size_t i = 0; i < config.mounts.size(); ++i)
    check_mount(config, config.mounts[i], cat("mounts[", i, "]"), findings);
  if (config.hooks) check_hooks(*config.hooks, findings);
  if (config.annotations.contains("")) findings.error("annotations", "a key is empty");
}

} // namespace oci::spec
