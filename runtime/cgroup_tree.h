// What cgroup v1 and v2 have in common: folders, lists of processes, an end to them.
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "runtime/cgroup.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace oci::runtime {

inline constexpr std::string_view cgroup_root = "/sys/fs/cgroup";

namespace cgroup_tree {

using Deadline = std::chrono::steady_clock::time_point;

Result<void> write(const std::string& folder, std::string_view file, std::string_view value);
// What write fails with when the cgroup is removed, by another process perhaps, before or while the file is open.
bool is_gone(Errno error);
// Trimmed; "" when it cannot be read.
std::string read(const std::string& folder, std::string_view file);
bool exists(const std::string& folder, std::string_view file);

// Of the folder and all beneath it; empty when there is none.
std::vector<pid_t> processes(const std::string& folder);
// pidfds of those that are still there; we are never among them.
std::vector<Fd> open_all(const std::vector<pid_t>& pids);
// True when all have ended.
bool wait_all(const std::vector<Fd>& pidfds, Deadline deadline);

// With the cgroups beneath it. False while it is in use; throws on other failures.
bool remove(const std::string& folder);

// The cgroup of a process in the hierarchy that holds `controller` ("" is v2's) from the text of /proc/PID/cgroup; "/"
// when it names none.
std::string path_of(std::string_view proc_cgroup, std::string_view controller);

} // namespace cgroup_tree

class CgroupTree : public Cgroup {
public:
  void require_unused() const override;
  void make() override;
  std::vector<pid_t> processes() const override;
  void signal_all(int signal) override;
  void destroy(std::chrono::milliseconds patience) override;

protected:
  explicit CgroupTree(CgroupNames names, bool may_lack) : Cgroup(std::move(names)), may_lack_(may_lack) {}

  // Called for each folder that was made or found there, outermost first.
  virtual void prepare(const std::string& folder, bool is_new) = 0;
  // Kills everything at once where the kernel can.
  virtual bool kill_at_once() { return false; }
  // The folder whose list of processes counts; "" where none could be made.
  virtual std::string main_folder() const = 0;

private:
  enum class Made { new_one, was_there, left_out };
  Made make_folder(const std::string& folder);
  void signal_once(int signal);
  void kill_until_empty(cgroup_tree::Deadline deadline);

  bool may_lack_; // a folder that we have no right to make is left out
};

} // namespace oci::runtime
