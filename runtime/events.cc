// Statistics and out-of-memory notices of a container, until it ends.
#include "base/error.h"
#include "base/sys.h"
#include "runtime/cgroup_tree.h"
#include "runtime/runtime.h"
#include "runtime/state.h"
#include "runtime/statistics.h"

#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

namespace oci::runtime {

namespace {

using Clock = std::chrono::steady_clock;

std::uint64_t oom_kills(const Cgroup& cgroup) {
  const std::string text = cgroup_tree::read(cgroup.folder_of("memory"), "memory.events");
  for (const std::string& line : split(text, '\n'))
    if (line.starts_with("oom_kill ")) return parse_unsigned(line.substr(9)).value_or(0);
  return 0;
}

// Readable when the cgroup may have run out of memory: an eventfd the kernel was given (v1), or an inotify (v2). Empty
// where nothing tells.
class OomWatch {
public:
  explicit OomWatch(const Cgroup& cgroup) : cgroup_(cgroup), v2_(cgroup.names().kind == CgroupNames::Kind::v2) {
    const std::string folder = cgroup.folder_of("memory");
    if (folder.empty()) return;
    if (v2_)
      watch_file(cat(folder, "/memory.events"));
    else
      register_event(folder);
    if (v2_) seen_ = oom_kills(cgroup);
  }
  int fd() const { return fd_.get(); }

  // After fd() was readable.
  bool happened() {
    char buffer[4096];
    const auto size = ::read(fd_.get(), buffer, v2_ ? sizeof buffer : sizeof(std::uint64_t));
    if (size <= 0) return false;
    if (!v2_) return cgroup_tree::exists(cgroup_.folder_of("memory"), "cgroup.procs"); // rmdir wakes us as well
    const std::uint64_t before = seen_;
    seen_ = oom_kills(cgroup_);
    return seen_ > before;
  }

private:
  void watch_file(const std::string& path) {
    fd_ = Fd(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (!fd_ || inotify_add_watch(fd_.get(), path.c_str(), IN_MODIFY) < 0)
      fail_errno(Errno{errno}, cat("watch ", path));
  }
  void register_event(const std::string& folder) {
    fd_ = Fd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!fd_) fail_errno(Errno{errno}, "make an eventfd");
    const Fd control =
        check(sys::open(cat(folder, "/memory.oom_control"), O_RDONLY), "open ", folder, "/memory.oom_control");
    check(cgroup_tree::write(folder, "cgroup.event_control", cat(fd_.get(), " ", control.get())), "ask ", folder,
          " to tell of memory running out");
  }

  const Cgroup& cgroup_;
  bool v2_;
  Fd fd_;
  std::uint64_t seen_ = 0;
};

Json event(const char* type, const std::string& id) { return Json::Object{{"type", type}, {"id", id}}; }

Json stats_event(const Cgroup& cgroup, const std::string& id) {
  Json out = event("stats", id);
  out.set("data", statistics(cgroup));
  return out;
}

} // namespace

Json container_statistics(const Settings& settings, const std::string& id) {
  return with_context(cat("events of ", printable(id)), [&] {
    const StateFolder folder = StateFolder::open(settings.root, id, StateFolder::Lock::none);
    const Record record = folder.record();
    if (folder.status(record) == Status::stopped) fail("container with id ", id, " is not running");
    return stats_event(*Cgroup::open(record.cgroup), id);
  });
}

void watch_events(const Settings& settings, const std::string& id, std::chrono::milliseconds interval,
                  const std::function<void(const Json&)>& tell) {
  with_context(cat("events of ", printable(id)), [&] {
    const StateFolder folder = StateFolder::open(settings.root, id, StateFolder::Lock::none);
    const Record record = folder.record();
    const Fd pidfd = record.init.open();
    if (!pidfd) fail("container with id ", id, " is not running");
    const auto cgroup = Cgroup::open(record.cgroup);
    OomWatch oom(*cgroup);
    Clock::time_point next = Clock::now() + interval;
    for (;;) {
      pollfd watched[] = {{pidfd.get(), POLLIN, 0}, {oom.fd(), POLLIN, 0}};
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(next - Clock::now()).count();
      if (poll(watched, 2, static_cast<int>(std::max<std::int64_t>(left, 0))) < 0 && errno != EINTR)
        fail_errno(Errno{errno}, "poll");
      if (watched[1].revents != 0 && oom.happened()) tell(event("oom", id));
      if (watched[0].revents != 0) return;
      if (Clock::now() < next) continue;
      tell(stats_event(*cgroup, id));
      next = Clock::now() + interval;
    }
  });
}

} // namespace oci::runtime
