// kill, delete, state, list, ps: what only looks at a container or ends it.
#include "base/files.h"
#include "base/log.h"
#include "base/sys.h"
#include "runtime/removal.h"

#include <algorithm>
#include <climits>
#include <csignal>
#include <poll.h>
#include <unistd.h>

namespace oci::runtime {

namespace {

using Lock = StateFolder::Lock;

constexpr int dying_patience = 10'000; // milliseconds
constexpr unsigned exiting_flag = 0x4; // PF_EXITING in field 9 of /proc/PID/stat

bool wait_for_end(int pidfd, int milliseconds) {
  pollfd watched{pidfd, POLLIN, 0};
  return poll(&watched, 1, milliseconds) > 0;
}

bool is_exiting(pid_t pid) {
  const auto text = read_file_if_exists(cat("/proc/", pid, "/stat"), 4096);
  if (!text) return true;
  const auto fields = split(std::string_view(*text).substr(std::min(text->rfind(')'), text->size())), ' ');
  return fields.size() > 7 && (parse_unsigned(fields[7]).value_or(0) & exiting_flag) != 0;
}

// A process that was just killed is given the time it needs; one that goes on running is not waited for.
bool ends_by_itself(const ProcessIdentity& init, int pidfd) {
  return wait_for_end(pidfd, 100) || (is_exiting(init.pid) && wait_for_end(pidfd, dying_patience));
}

// False when it had ended.
bool send(int pidfd, int signal) {
  const auto sent = sys::pidfd_send_signal(pidfd, signal);
  if (!sent && !(sent.error() == ESRCH)) fail_errno(sent.error(), cat("send signal ", signal));
  return sent.has_value();
}

void kill_init(const Record& record, int pidfd) {
  send(pidfd, SIGKILL);
  Cgroup::open(record.cgroup)->thaw(); // what is frozen (v1) does not die
  if (!wait_for_end(pidfd, dying_patience)) fail("process ", record.init.pid, " does not end");
}

// From /etc/passwd itself, because NSS loads code; the number for who is not in it.
std::string user_name(uid_t uid) {
  const auto passwd = read_file_if_exists("/etc/passwd");
  for (const std::string& line : split(passwd.value_or(""), '\n')) {
    const auto fields = split(line, ':');
    if (fields.size() > 2 && parse_unsigned(fields[2]) == uid) return fields[0];
  }
  return std::to_string(uid);
}

std::string owner_of(const StateFolder& folder) {
  const auto status = sys::fstat(folder.fd());
  return status ? user_name(status->st_uid) : "";
}

std::optional<ContainerState> look(const StateFolder& folder) {
  std::optional<ContainerState> found = folder.foreign();
  if (!found) {
    const std::optional<Record> record = folder.load();
    if (!record) return std::nullopt;
    found = container_state(*record, folder.status(*record));
  }
  found->owner = owner_of(folder);
  return found;
}

} // namespace

void check_id(std::string_view id) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_+-.").find(c) != std::string_view::npos;
  };
  if (id.empty() || id.size() > NAME_MAX || id.front() == '.' || !std::all_of(id.begin(), id.end(), allowed))
    fail("invalid container id \"", printable(id, NAME_MAX),
         "\": up to 255 letters, digits and _+.-, and no dot in front");
}

ContainerState state(const Settings& settings, const std::string& id) {
  const StateFolder folder = StateFolder::open(settings.root, id, Lock::none);
  const Record record = folder.record();
  ContainerState found = container_state(record, folder.status(record));
  found.owner = owner_of(folder);
  return found;
}

std::vector<ContainerState> list(const Settings& settings) {
  std::vector<ContainerState> found;
  for (const std::string& id : StateFolder::ids(settings.root)) {
    try {
      const auto folder = StateFolder::find(settings.root, id, Lock::none);
      auto container = folder ? look(*folder) : std::nullopt;
      if (container) found.push_back(std::move(*container));
    } catch (const Error& error) {
      log::warning("container ", printable(id), ": ", error.message());
    }
  }
  return found;
}

std::vector<pid_t> processes(const Settings& settings, const std::string& id) {
  const Record record = StateFolder::open(settings.root, id, Lock::none).record();
  if (record.cgroup.kind != CgroupNames::Kind::none) return Cgroup::open(record.cgroup)->processes();
  return record.init.open() ? std::vector{record.init.pid} : std::vector<pid_t>();
}

void kill(const Settings& settings, const std::string& id, int signal, bool all) {
  const Record record = StateFolder::open(settings.root, id, Lock::none).record();
  const auto cgroup = Cgroup::open(record.cgroup);
  const Fd pidfd = record.init.open();
  log::debug("kill ", id, ": signal ", signal, " to process ", record.init.pid);
  if (all && record.cgroup.kind != CgroupNames::Kind::none) return cgroup->signal_all(signal);
  if (!pidfd && all) return;
  if (!pidfd || !send(pidfd.get(), signal)) fail("container not running");
  if (signal == SIGKILL) cgroup->thaw();
}

void remove(const Settings& settings, const std::string& id, bool force) {
  auto folder = StateFolder::find(settings.root, id, Lock::none);
  if (!folder && force) return;
  if (!folder) fail("container \"", printable(id), "\" does not exist");
  // A create that still holds the container lets go of it when its process is gone.
  const std::optional<Record> before = folder->load();
  if (force && before)
    if (const Fd pidfd = before->init.open()) kill_init(*before, pidfd.get());

  folder = StateFolder::find(settings.root, id, Lock::exclusive);
  if (!folder) return;
  const std::optional<Record> record = folder->load();
  if (!record && !force) fail("container \"", printable(id), "\" does not exist");
  if (!record) return folder->remove();
  if (const Fd pidfd = record->init.open()) {
    const Status status = folder->status(*record);
    const bool may_kill = force || status == Status::created || status == Status::creating;
    if (may_kill)
      kill_init(*record, pidfd.get());
    else if (!ends_by_itself(record->init, pidfd.get()))
      fail("cannot delete container ", id, " that is not stopped: ", status_name(status));
  }
  log::debug("delete ", id, ": its process ", record->init.pid, " is gone");
  with_context(cat("delete ", id), [&] { remove_locked(*folder, *record, poststop_hooks(*folder)); });
}

} // namespace oci::runtime
