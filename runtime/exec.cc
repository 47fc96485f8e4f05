#include "base/log.h"
#include "base/sys.h"
#include "runtime/capabilities.h"
#include "runtime/cgroup_below.h"
#include "runtime/creation.h"
#include "runtime/foreground.h"
#include "runtime/seccomp_listener.h"
#include "runtime/terminal.h"

#include <sched.h>

namespace oci::runtime {

namespace {

void check_status(Status status, bool ignore_paused) {
  if (status == Status::paused && ignore_paused) return;
  if (status == Status::running || status == Status::created) return;
  fail("cannot exec in a ", status_name(status), " container");
}

ExecPlan plan_of(const Settings& settings, const ExecOptions& options, const spec::RuntimeConfig& config,
                 pid_t container_pid) {
  PlanFacts facts;
  facts.id = options.id;
  if (config.linux_ && config.linux_->seccomp) facts.seccomp = cached_seccomp(*config.linux_->seccomp, settings.root);
  facts.last_capability = last_capability();
  facts.held_capabilities = held_capabilities();
  facts.preserve_fds = static_cast<unsigned>(options.preserve_fds);
  facts.start_by_socket = false;
  facts.container_pid = container_pid;
  ExecPlan plan = make_exec_plan(config, options.process, facts);
  for (const std::string& warning : plan.warnings) log::warning(warning);
  return plan;
}

void check_console(const ExecOptions& options) {
  bool terminal = options.process.terminal;
  if (!options.console_socket.empty() && !terminal) fail("a console socket is given, but no terminal is asked for");
  if (options.detach && terminal && options.console_socket.empty())
    fail("a terminal is asked for, but there is no console socket to send it to");
}

void set_cpus(pid_t pid, const std::string& list, std::string_view field) {
  const std::vector<std::uint64_t> bits = cpu_bits(list, field);
  if (bits.empty()) return;
  const std::size_t size = bits.size() * sizeof bits[0];
  if (sched_setaffinity(pid, size, reinterpret_cast<const cpu_set_t*>(bits.data())) < 0)
    fail_errno(Errno{errno}, cat(field, ": ", list));
}

// process.execCPUAffinity: `initial` until the cgroup with its cpus is entered, `final` from then on.
void join_with_affinity(Cgroup& cgroup, pid_t pid, pid_t container, const spec::Process& process) {
  const spec::ExecCpuAffinity affinity = process.exec_cpu_affinity.value_or(spec::ExecCpuAffinity{});
  set_cpus(pid, affinity.initial, "process.execCPUAffinity.initial");
  cgroup.join(pid, container);
  set_cpus(pid, affinity.final_, "process.execCPUAffinity.final");
}

} // namespace

spec::RuntimeConfig container_config(const Settings& settings, const std::string& id) {
  return spec::parse_runtime_config(StateFolder::open(settings.root, id, StateFolder::Lock::none).config(),
                                    config_file);
}

ExitStatus exec(const Settings& settings, const ExecOptions& options) {
  return with_context(cat("exec in ", printable(options.id)), [&] {
    check_descriptors(static_cast<unsigned>(options.preserve_fds));
    check_console(options);
    StateFolder folder = StateFolder::open(settings.root, options.id, StateFolder::Lock::none);
    Record record = folder.record();
    const Status status = folder.status(record);
    check_status(status, options.ignore_paused);
    Fd container = record.init.open();
    if (!container) fail("cannot exec in a stopped container");
    spec::RuntimeConfig config = spec::parse_runtime_config(folder.config(), config_file);
    ExecPlan plan = plan_of(settings, options, config, record.init.pid);
    std::unique_ptr<Cgroup> cgroup = Cgroup::open(record.cgroup);
    Fd console = options.console_socket.empty() ? Fd() : connect_socket(options.console_socket, "console socket");

    SeccompListener seccomp_listener(plan.listener);

    Foreground foreground(!options.detach);
    LaunchOptions launch;
    launch.container_pidfd = container.get();
    launch.listener = seccomp_listener.socket();
    launch.listener_state = seccomp_listener.message();
    launch.signal_mask = foreground.mask();
    launch.on_pid = [&](pid_t pid) {
      log::debug("exec in ", options.id, ": process ", pid);
      join_with_affinity(*cgroup, pid, record.init.pid, options.process);
      for (const std::string& place : options.cgroups) join_below(record.cgroup, place, pid);
      set_oom_score(pid, options.process);
      if (!plan.listener.empty())
        seccomp_listener.write(record, status, pid, config.linux_->seccomp->listener_metadata);
    };
    InitProcess init(plan, launch);
    init.wait(); // ready
    if (console) send_pty(console.get(), init.terminal().get());
    if (console) init.terminal().reset();
    if (!options.pidfd_socket.empty()) send_pidfd(options.pidfd_socket, init.pidfd());
    if (!options.pid_file.empty()) write_pid_file(options.pid_file, init.pid());
    init.send(Sync::start);
    init.wait_for_exec();
    const ExitStatus ended = options.detach ? ExitStatus{} : foreground.wait(init);
    init.release();
    return ended;
  });
}

} // namespace oci::runtime
