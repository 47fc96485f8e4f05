#include "base/log.h"
#include "base/sys.h"
#include "runtime/guard.h"
#include "runtime/hooks.h"
#include "runtime/notify_socket.h"
#include "runtime/plan.h"
#include "runtime/plan_builder.h"
#include "runtime/start_socket.h"
#include "runtime/state.h"

#include <csignal>

namespace oci::runtime {

namespace {

// The plan has gone with create; of what can fail now the config tells the names.
std::string describe_start_failure(const spec::RuntimeConfig& config, SyncMessage failed) {
  PlanBuilder out;
  PlanStep step{.op = static_cast<Op>(failed.op)};
  if (config.process && !config.process->args.empty()) step.s = out.text(config.process->args[0]);
  if (step.op == Op::hook && config.hooks && failed.number < config.hooks->start_container.size()) {
    const spec::Hook& hook = config.hooks->start_container[failed.number];
    step.s = out.text(hook.path);
    step.t = out.text("startContainer");
    step.c = static_cast<std::uint64_t>(hook.timeout.value_or(0));
    step.d = failed.number;
  }
  out.add(step);
  failed.step = 0;
  return describe_failure(out.finish(0), failed);
}

} // namespace

void start(const Settings& settings, const std::string& id, const std::string& notify_socket) {
  check_id(id);
  with_context(cat("start ", printable(id)), [&] {
    StateFolder folder = StateFolder::open(settings.root, id, StateFolder::Lock::exclusive);
    Record record = folder.record();
    Status status = folder.status(record);
    if (status != Status::created) fail("cannot start a container that is ", status_name(status));
    Fd pidfd = record.init.open();
    if (!pidfd) fail("cannot start a container that is stopped");
    log::debug("start ", id, ": process ", record.init.pid, " is told");
    spec::RuntimeConfig config = spec::parse_runtime_config(folder.config(), config_file);
    if (!config.process) {
      check(sys::pidfd_send_signal(pidfd.get(), SIGKILL), "end process ", record.init.pid);
      fail("process: missing in its config.json, there is nothing to start");
    }
    std::optional<NotifyRelay> notify;
    if (!notify_socket.empty() && has_notify_folder(folder.fd())) notify.emplace(folder.fd(), notify_socket);
    if (const std::optional<StartFailure> failed = ask_to_start(folder.fd(), pidfd.get()))
      throw Error(cat(describe_start_failure(config, failed->message), failed->explanation))
          .with_errno(failed->message.error);
    // One that fails ends the container (runtime.md "Lifecycle", 9).
    Guard removal([&] {
      folder.unlock();
      remove(settings, id, true);
    });
    if (config.hooks) run_hooks("poststart", config.hooks->poststart, hook_state(record, Status::running));
    removal.commit();
    folder.unlock();
    if (notify) notify->wait(pidfd.get(), record.init.pid);
  });
}

} // namespace oci::runtime
