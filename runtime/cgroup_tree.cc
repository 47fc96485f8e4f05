#include "runtime/cgroup_tree.h"

#include "base/files.h"
#include "base/sys.h"

#include <algorithm>
#include <csignal>
#include <dirent.h>
#include <memory>
#include <poll.h>
#include <unistd.h>

namespace oci::runtime {

namespace cgroup_tree {

namespace {

std::vector<std::string> subfolders(const std::string& folder) {
  std::vector<std::string> found;
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(opendir(folder.c_str()), closedir);
  if (!listing) return found;
  while (const dirent* entry = readdir(listing.get()))
    if (entry->d_type == DT_DIR && entry->d_name[0] != '.') found.push_back(cat(folder, "/", entry->d_name));
  return found;
}

// The folder and all beneath it, each before what it holds.
std::vector<std::string> all_folders(const std::string& folder) {
  std::vector<std::string> found{folder};
  for (std::size_t i = 0; i < found.size(); ++i) {
    std::vector<std::string> inner = subfolders(found[i]);
    std::move(inner.begin(), inner.end(), std::back_inserter(found));
  }
  return found;
}

int milliseconds_until(Deadline deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

} // namespace

Result<void> write(const std::string& folder, std::string_view file, std::string_view value) {
  const auto fd = sys::open(cat(folder, "/", file), O_WRONLY);
  if (!fd) return tl::unexpected(fd.error());
  const auto written = sys::write(fd->get(), value.data(), value.size());
  if (!written) return tl::unexpected(written.error());
  return {};
}

bool is_gone(Errno error) { return error == ENOENT || error == ENODEV; }

std::string read(const std::string& folder, std::string_view file) {
  const auto fd = sys::open(cat(folder, "/", file), O_RDONLY);
  if (!fd) return "";
  std::string text;
  char buffer[4096];
  for (;;) {
    const auto got = sys::read(fd->get(), buffer, sizeof buffer);
    if (!got || *got == 0) return std::string(trim(text));
    text.append(buffer, *got);
  }
}

bool exists(const std::string& folder, std::string_view file) {
  return access(cat(folder, "/", file).c_str(), F_OK) == 0;
}

std::vector<pid_t> processes(const std::string& folder) {
  std::vector<pid_t> pids;
  for (const std::string& one : all_folders(folder)) {
    const std::string text = read(one, "cgroup.procs");
    for (const std::string& line : split(text, '\n')) {
      // 0 is a process of a pid namespace that is not ours.
      const auto pid = parse_unsigned(line);
      if (pid && *pid != 0) pids.push_back(static_cast<pid_t>(*pid));
    }
  }
  return pids;
}

std::vector<Fd> open_all(const std::vector<pid_t>& pids) {
  std::vector<Fd> pidfds;
  for (const pid_t pid : pids) {
    if (pid == getpid()) continue;
    if (auto pidfd = sys::pidfd_open(pid)) pidfds.push_back(std::move(*pidfd));
  }
  return pidfds;
}

bool wait_all(const std::vector<Fd>& pidfds, Deadline deadline) {
  for (const Fd& pidfd : pidfds) {
    pollfd watched{pidfd.get(), POLLIN, 0};
    while (poll(&watched, 1, milliseconds_until(deadline)) <= 0)
      if (std::chrono::steady_clock::now() >= deadline) return false;
  }
  return true;
}

bool remove(const std::string& folder) {
  if (rmdir(folder.c_str()) == 0 || errno == ENOENT) return true;
  if (errno != EBUSY && errno != ENOTEMPTY) fail_errno(Errno{errno}, cat("remove ", folder));
  std::vector<std::string> folders = all_folders(folder);
  std::reverse(folders.begin(), folders.end());
  return std::all_of(folders.begin(), folders.end(),
                     [](const std::string& one) { return rmdir(one.c_str()) == 0 || errno == ENOENT; });
}

std::string path_of(std::string_view proc_cgroup, std::string_view controller) {
  for (const std::string& line : split(proc_cgroup, '\n')) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == line.npos ? line.npos : line.find(':', first + 1);
    if (second == line.npos) continue;
    std::string_view controllers = std::string_view(line).substr(first + 1, second - first - 1);
    if (controllers.starts_with("name=")) controllers.remove_prefix(5);
    const auto list = split(controllers, ',');
    const bool match =
        controller.empty() ? line.starts_with("0::") : std::find(list.begin(), list.end(), controller) != list.end();
    if (match) return line.substr(second + 1);
  }
  return "/";
}

} // namespace cgroup_tree

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kill_patience = std::chrono::seconds(10);

bool lacks_rights(Errno error) { return error == EACCES || error == EPERM || error == EROFS; }

} // namespace

CgroupTree::Made CgroupTree::make_folder(const std::string& folder) {
  for (int tries = 0;; ++tries) {
    const auto made = sys::mkdirat(AT_FDCWD, folder, 0755);
    if (made || made.error() == EEXIST) {
      prepare(folder, made.has_value());
      return made ? Made::new_one : Made::was_there;
    }
    if (may_lack_ && lacks_rights(made.error())) return Made::left_out;
    // A parent may be removed by another container's delete at any time.
    if (!(made.error() == ENOENT) || tries == 100) fail_errno(made.error(), cat("make cgroup ", folder));
    if (make_folder(parent_path(folder)) == Made::left_out) return Made::left_out;
  }
}

void CgroupTree::require_unused() const {
  for (const std::string& folder : names_.folders) {
    const bool missing = access(folder.c_str(), F_OK) < 0 && errno == ENOENT; // as nearly always
    if (!missing && !cgroup_tree::processes(folder).empty()) fail("cgroup ", folder, " is not empty");
  }
}

void CgroupTree::make() {
  std::vector<std::string> new_ones;
  std::erase_if(names_.folders, [&](const std::string& folder) {
    const Made made = make_folder(folder);
    if (made == Made::new_one) new_ones.push_back(folder);
    return made == Made::left_out;
  });
  if (new_ones.size() == names_.folders.size()) return;
  try {
    require_unused();
    thaw();
  } catch (const Error&) {
    names_ = {}; // others' are in it: never to be destroyed
    for (const std::string& folder : new_ones) (void)sys::unlinkat(AT_FDCWD, folder, AT_REMOVEDIR);
    throw;
  }
}

std::vector<pid_t> CgroupTree::processes() const { return cgroup_tree::processes(main_folder()); }

// Frozen, so that no process can hide its child from the list; unless we would freeze ourselves.
void CgroupTree::signal_once(int signal) {
  const auto has_us = [](const std::vector<pid_t>& pids) {
    return std::find(pids.begin(), pids.end(), getpid()) != pids.end();
  };
  const bool was_frozen = frozen();
  bool froze = false;
  if (!was_frozen && !has_us(processes())) {
    try {
      freeze();
      froze = true;
    } catch (const Error&) { // what cannot be frozen is signalled as it runs
    }
  }
  for (const Fd& pidfd : cgroup_tree::open_all(processes())) {
    const auto sent = sys::pidfd_send_signal(pidfd.get(), signal);
    if (!sent && !(sent.error() == ESRCH)) {
      if (froze) thaw();
      fail_errno(sent.error(), cat("signal ", signal));
    }
  }
  if (froze || (was_frozen && signal == SIGKILL)) thaw();
}

void CgroupTree::kill_until_empty(cgroup_tree::Deadline deadline) {
  for (;;) {
    const std::vector<Fd> pidfds = cgroup_tree::open_all(processes());
    if (pidfds.empty()) return;
    if (steady_clock::now() >= deadline) fail("cgroup ", main_folder(), ": new processes without end");
    if (!kill_at_once()) signal_once(SIGKILL);
    if (!cgroup_tree::wait_all(pidfds, deadline)) fail("cgroup ", main_folder(), ": processes do not end");
  }
}

void CgroupTree::signal_all(int signal) {
  if (signal == SIGKILL)
    kill_until_empty(steady_clock::now() + kill_patience);
  else
    signal_once(signal);
}

void CgroupTree::destroy(milliseconds patience) {
  const auto deadline = steady_clock::now() + patience;
  std::vector<std::string> left = names_.folders;
  for (;;) {
    std::erase_if(left, [](const std::string& folder) { return cgroup_tree::remove(folder); });
    if (left.empty()) break;
    if (steady_clock::now() >= deadline) fail("remove cgroup ", left.front(), ": ", errno_text(EBUSY));
    thaw();
    for (const std::string& folder : left) {
      const std::vector<Fd> pidfds = cgroup_tree::open_all(cgroup_tree::processes(folder));
      for (const Fd& pidfd : pidfds) (void)sys::pidfd_send_signal(pidfd.get(), SIGKILL);
      // Nobody is listed, but the kernel has not let go of the last one yet.
      if (pidfds.empty()) poll(nullptr, 0, 1);
      if (!cgroup_tree::wait_all(pidfds, deadline)) break;
    }
  }
  for (auto parent = names_.parents.rbegin(); parent != names_.parents.rend(); ++parent)
    (void)sys::unlinkat(AT_FDCWD, *parent, AT_REMOVEDIR); // another container's may be in it
}

} // namespace oci::runtime
