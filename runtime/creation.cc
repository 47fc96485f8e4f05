#include "runtime/creation.h"

#include "base/files.h"
#include "base/io.h"
#include "base/log.h"
#include "base/sys.h"
#include "runtime/capabilities.h"
#include "runtime/hooks.h"
#include "runtime/id_maps.h"
#include "runtime/net_devices.h"
#include "runtime/notify_socket.h"
#include "runtime/removal.h"
#include "runtime/start_socket.h"
#include "runtime/terminal.h"

#include <sys/mman.h>
#include <unistd.h>

namespace oci::runtime {

namespace {

constexpr std::size_t longest_config = 16u << 20;

const spec::Hooks& hooks_of(const spec::RuntimeConfig& config) {
  static const spec::Hooks none;
  return config.hooks ? *config.hooks : none;
}

} // namespace

Creation::Creation(const Settings& settings, const CreateOptions& options, bool start_by_socket)
    : settings_(settings), options_(options), start_by_socket_(start_by_socket) {
  check_descriptors(static_cast<unsigned>(options.preserve_fds));
  read_config();
  const spec::Linux& linux_ = config_.linux_ ? *config_.linux_ : (config_.linux_.emplace());
  cgroup_ = Cgroup::create(settings.cgroup_manager, linux_.cgroups_path, options.id);
  fill_id_maps(*config_.linux_);
  add_from_caller();
  PlanFacts facts;
  facts.id = options.id;
  facts.bundle = record_.bundle;
  facts.cgroup = cgroup_->names();
  if (linux_.seccomp) facts.seccomp = cached_seccomp(*linux_.seccomp, settings.root);
  facts.last_capability = last_capability();
  facts.held_capabilities = held_capabilities();
  facts.preserve_fds = static_cast<unsigned>(options.preserve_fds);
  facts.start_by_socket = start_by_socket;
  facts.no_pivot = options.no_pivot;
  facts.new_keyring = !options.no_new_keyring;
  facts.selinux = !linux_.mount_label.empty() && access("/sys/fs/selinux/enforce", F_OK) == 0;
  plan_ = make_plan(config_, facts);
  for (const std::string& warning : plan_.warnings) log::warning(warning);
  check_console();
}

void Creation::read_config() {
  record_.bundle = absolute_path(options_.bundle);
  std::string path = options_.config_file.empty() ? cat(record_.bundle, "/config.json") : options_.config_file;
  config_text_ = read_file(path, longest_config);
  std::vector<std::string> warnings;
  config_ = spec::parse_runtime_config(config_text_, base_name(path), &warnings);
  for (const std::string& warning : warnings) log::warning(warning);
}

// What the caller's surroundings add to the process.
void Creation::add_from_caller() {
  if (!config_.process) return;
  for (const std::string& variable : options_.env) config_.process->env.push_back(variable);
  if (!options_.notify_socket.empty()) add_notify_socket(config_, cat(settings_.root, "/", options_.id));
}

void Creation::check_console() const {
  if (!options_.console_socket.empty() && !plan_.terminal)
    fail("a console socket is given, but process.terminal is false");
  if (start_by_socket_ && plan_.terminal && options_.console_socket.empty())
    fail("process.terminal is true, but there is no console socket to send the terminal to");
}

void Creation::make(const sigset_t& signal_mask) {
  if (!options_.console_socket.empty()) console_ = connect_socket(options_.console_socket, "console socket");
  seccomp_listener_.emplace(plan_.listener);
  make_state();
  make_cgroup();
  launch(signal_mask);
  while (init_->wait() == InitProcess::Stage::hooks) run_early_hooks();
}

void Creation::make_state() {
  folder_.emplace(StateFolder::create(settings_.root, options_.id));
  guards_.emplace_back([this] { folder_->remove(); });
  cgroup_->require_unused();
  record_.id = options_.id;
  record_.oci_version = config_.oci_version;
  record_.rootfs = plan_.rootfs;
  record_.created = rfc3339_now();
  record_.annotations = config_.annotations;
  record_.cgroup = cgroup_->names();
  if (plan_.covers_root) record_.covered_mount = mount_of(record_.rootfs);
  guards_.emplace_back([this] { uncover(record_); });
  folder_->store_first_config(config_text_);
  folder_->store(record_);
  if (!options_.notify_socket.empty()) make_notify_folder(folder_->fd());
  if (start_by_socket_) listener_ = listen_for_start(folder_->fd());
}

void Creation::make_cgroup() {
  guards_.emplace_back([this] { cgroup_->destroy(); });
  cgroup_->make();
  cgroup_->set(config_.linux_->resources ? &*config_.linux_->resources : nullptr);
}

void Creation::launch(const sigset_t& signal_mask) {
  if (plan_.needs_state) hook_state_ = check(sys::memfd_create("oci:state", 0), "memfd_create");
  LaunchOptions options;
  options.start_listener = listener_.get();
  options.state = hook_state_.get();
  options.listener = seccomp_listener_->socket();
  options.listener_state = seccomp_listener_->message();
  options.id_maps = &*config_.linux_;
  options.signal_mask = signal_mask;
  options.on_pid = [&](pid_t pid) {
    record_.init = ProcessIdentity::of(pid);
    log::debug("container ", options_.id, ": its init is process ", pid);
    // Without a cgroup the pid is all that leads to the process.
    if (record_.cgroup.kind == CgroupNames::Kind::none) folder_->store(record_);
    cgroup_->join(pid);
    if (config_.process) set_oom_score(pid, *config_.process);
    if (config_.linux_) move_net_devices(*config_.linux_, pid);
    if (plan_.needs_state) write_hook_state(Status::created);
    if (!plan_.listener.empty())
      seccomp_listener_->write(record_, Status::creating, pid, config_.linux_->seccomp->listener_metadata);
  };
  init_.emplace(plan_, options);
}

void Creation::run_early_hooks() {
  const spec::Hooks& hooks = hooks_of(config_);
  // From now on the container's life ends with its poststop hooks (runtime.md "Lifecycle").
  guards_.emplace_back(
      [this] { run_hooks_warning("poststop", hooks_of(config_).poststop, hook_state(record_, Status::stopped)); });
  std::string state = hook_state(record_, Status::created); // its environment is there (runtime.md, "State")
  run_hooks("prestart", hooks.prestart, state);
  run_hooks("createRuntime", hooks.create_runtime, state);
  init_->send(Sync::go);
}

void Creation::write_hook_state(Status status) {
  std::string text = hook_state(record_, status);
  check(sys::ftruncate(hook_state_.get(), 0), "write the hooks' state");
  check(sys::lseek(hook_state_.get(), 0, SEEK_SET), "write the hooks' state");
  check(write_all(hook_state_.get(), text), "write the hooks' state");
}

void Creation::commit() {
  if (console_) {
    if (!init_->terminal()) fail("the container's init made no terminal");
    send_pty(console_.get(), init_->terminal().get());
    init_->terminal().reset();
  }
  if (!options_.pidfd_socket.empty()) send_pidfd(options_.pidfd_socket, init_->pidfd());
  if (!options_.pid_file.empty()) write_pid_file(options_.pid_file, init_->pid());
  record_.creating = false;
  folder_->store(record_);
  for (Guard& guard : guards_) guard.commit();
}

void Creation::remove() {
  if (folder_->relock()) remove_locked(*folder_, record_, hooks_of(config_).poststop);
}

void write_pid_file(const std::string& path, pid_t pid) {
  with_context(cat("pid file ", path), [&] { write_output_file(path, std::to_string(pid), 0644); });
}

void send_pidfd(const std::string& path, int pidfd) {
  Fd connection = connect_socket(path, "pidfd socket");
  const int fds[] = {pidfd};
  check(sys::send_fds(connection.get(), "pidfd", fds), "send the pidfd to ", path);
}

void set_oom_score(pid_t pid, const spec::Process& process) {
  if (!process.oom_score_adj) return;
  std::string text = std::to_string(*process.oom_score_adj);
  Fd file = check(sys::open(cat("/proc/", pid, "/oom_score_adj"), O_WRONLY), "process.oomScoreAdj");
  check(write_all(file.get(), text), "process.oomScoreAdj: write ", text);
}

} // namespace oci::runtime
