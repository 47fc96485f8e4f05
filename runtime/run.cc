#include "runtime/creation.h"
#include "runtime/foreground.h"
#include "runtime/hooks.h"
#include "runtime/notify_socket.h"

#include <optional>

namespace oci::runtime {

namespace {

void check_terminal(const spec::RuntimeConfig& config, const RunOptions& options) {
  if (!config.process) fail("process: missing, there is nothing to run");
  bool terminal = config.process->terminal;
  if (options.detach && terminal && options.console_socket.empty())
    fail("process.terminal is true, but there is no console socket to send the terminal to");
}

} // namespace

ExitStatus run(const Settings& settings, const RunOptions& options) {
  check_id(options.id);
  Creation creation(settings, options, false);
  check_terminal(creation.config(), options);
  Foreground foreground(!options.detach);
  creation.make(foreground.mask());
  creation.commit();
  InitProcess& init = creation.init();
  std::optional<NotifyRelay> notify;
  if (!options.notify_socket.empty()) notify.emplace(creation.folder().fd(), options.notify_socket);
  Guard removal([&] {
    creation.folder().unlock();
    remove(settings, options.id, true);
  });
  init.send(Sync::start);
  init.wait_for_exec();
  if (const auto& hooks = creation.config().hooks)
    run_hooks("poststart", hooks->poststart, hook_state(creation.record(), Status::running));
  creation.folder().unlock();
  if (options.detach) {
    if (notify) notify->wait(init.pidfd(), init.pid());
    init.release();
    removal.commit();
    return ExitStatus{};
  }
  ExitStatus status = foreground.wait(init, notify ? &*notify : nullptr);
  init.release();
  removal.commit();
  Guard ended([&] {
    if (!options.keep) creation.remove();
  });
  return status;
}

} // namespace oci::runtime
