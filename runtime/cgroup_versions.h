// The classes behind Cgroup, made by Cgroup::create and open.
#pragma once

#include "runtime/cgroup_resources.h"
#include "runtime/cgroup_tree.h"

namespace oci::runtime {

class CgroupNone final : public Cgroup {
public:
  CgroupNone() : Cgroup({}) {}
  void require_unused() const override {}
  void make() override {}
  void set(const spec::Resources* resources) override;
  void set_limits(const spec::Resources& resources) override;
  std::optional<std::uint64_t> memory_usage() const override { return std::nullopt; }
  Fd clone_into() const override { return Fd(); }
  void join(pid_t, pid_t) override {}
  std::vector<pid_t> processes() const override { return {}; }
  void freeze() override;
  void thaw() override {}
  bool frozen() const override { return false; }
  void signal_all(int) override {}
  void destroy(std::chrono::milliseconds) override {}
  std::string folder_of(std::string_view) const override { return ""; }
};

// A folder in each hierarchy: the v1 ones, named ones (systemd), and the unified one of a hybrid machine.
class CgroupV1 final : public CgroupTree {
public:
  CgroupV1(CgroupNames names, bool may_lack) : CgroupTree(std::move(names), may_lack) {}
  void set(const spec::Resources* resources) override;
  void set_limits(const spec::Resources& resources) override;
  std::optional<std::uint64_t> memory_usage() const override;
  Fd clone_into() const override { return Fd(); }
  void join(pid_t pid, pid_t init) override;
  void freeze() override;
  void thaw() override;
  bool frozen() const override;
  std::string folder_of(std::string_view controller) const override;

private:
  void prepare(const std::string& folder, bool is_new) override;
  std::string main_folder() const override;
  void set_devices(const spec::Resources* resources);
  void set_unified(const spec::Resources& resources);
};

class CgroupV2 final : public CgroupTree {
public:
  CgroupV2(CgroupNames names, bool may_lack) : CgroupTree(std::move(names), may_lack) {}
  void set(const spec::Resources* resources) override;
  void set_limits(const spec::Resources& resources) override;
  std::optional<std::uint64_t> memory_usage() const override;
  Fd clone_into() const override;
  void join(pid_t pid, pid_t init) override;
  void freeze() override;
  void thaw() override;
  bool frozen() const override;
  std::string folder_of(std::string_view controller) const override;

private:
  void prepare(const std::string& folder, bool is_new) override;
  bool kill_at_once() override;
  std::string main_folder() const override { return names_.folders.empty() ? "" : names_.folders.front(); }
};

// Writes one setting into `folder` ("": there is no such controller); throws "linux.resources.memory.limit: …".
void write_setting(const std::string& folder, const CgroupWrite& setting);

// Hands `controllers` (all that there are when empty) down from every cgroup above `folder`, as far as the kernel lets
// us.
void enable_controllers(const std::string& folder, std::string_view mount, const std::vector<std::string>& controllers);

// Attaches a program that enforces the policy, and detaches the ones that were there. Throws.
void attach_device_program(const std::string& folder, const std::vector<spec::DeviceRule>& rules);

} // namespace oci::runtime
