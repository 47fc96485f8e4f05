// oci exec ID COMMAND..., or -p PROCESS ID
#include "cli/oci_verbs.h"
#include "cli/runtime_options.h"

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "spec/capability_names.h"

#include <algorithm>
#include <limits>

namespace oci::cli {

namespace {

constexpr std::size_t max_process_file = 4u << 20;
constexpr std::uint64_t max_id = std::numeric_limits<std::uint32_t>::max() - 1; // the last one means "unchanged"

void set_variable(std::vector<std::string>& env, const std::string& variable) {
  const std::string name = variable.substr(0, variable.find('=') + 1);
  if (name.empty() || name == "=") fail("--env ", printable(variable), ": not NAME=VALUE");
  std::erase_if(env, [&](const std::string& entry) { return entry.starts_with(name); });
  env.push_back(variable);
}

spec::User parse_user(const std::string& text) {
  spec::User user;
  const std::size_t colon = text.find(':');
  user.uid = static_cast<std::uint32_t>(parse_number("--user", text.substr(0, colon), 0, max_id));
  if (colon != std::string::npos)
    user.gid = static_cast<std::uint32_t>(parse_number("--user", text.substr(colon + 1), 0, max_id));
  return user;
}

// runc only warns.
void check_capability(const std::string& name) {
  const auto& known = spec::capability_names;
  if (std::find(known.begin(), known.end(), name) == known.end())
    throw Error(cat("exec: --cap \"", printable(name), "\": no capability")).with_hint("they are named as CAP_KILL");
}

void add_capability(spec::Capabilities& capabilities, const std::string& name) {
  const auto add = [&](std::vector<std::string>& set) {
    if (std::find(set.begin(), set.end(), name) == set.end()) set.push_back(name);
  };
  // Never inheritable: CVE-2022-29162. Ambient where the container has inheritable ones: as far as it is one of them.
  for (auto* set : {&capabilities.bounding, &capabilities.effective, &capabilities.permitted}) add(*set);
  if (!capabilities.inheritable.empty()) add(capabilities.ambient);
}

class Exec final : public Verb {
public:
  void declare(Command& command) override {
    command.option("-p,--process", "FILE", "read the process from a JSON file", process_file_);
    command.flag("-d,--detach", "do not wait for its end", options_.detach);
    command.flag("-t,--tty", "give it a terminal", tty_);
    command.option("-e,--env", "NAME=VALUE", "set an environment variable", env_);
    command.option("-u,--user", "UID[:GID]", "run it as this user", user_);
    command.option("-g,--additional-gids", "GID", "a supplementary group", additional_gids_);
    command.option("--cwd", "PATH", "its working folder", cwd_);
    command.option("-c,--cap", "NAME", "give it a capability", capabilities_);
    command.flag("--no-new-privs", "it may not gain privileges", no_new_privileges_);
    command.option("--process-label", "LABEL", "its SELinux label", selinux_label_);
    command.option("--apparmor", "PROFILE", "its AppArmor profile", apparmor_);
    command.option("--console-socket", "SOCKET", "send the terminal's master to this unix socket",
                   options_.console_socket);
    command.option("--pid-file", "FILE", "write the process id to FILE", options_.pid_file);
    command.option("--pidfd-socket", "SOCKET", "send its pidfd to this unix socket", options_.pidfd_socket);
    command.option("--cgroup", "[CONTROLLER:]PATH", "put it in this cgroup below the container's", options_.cgroups);
    command.option("--preserve-fds", "N", "pass N more descriptors from 3 on", preserve_fds_);
    command.flag("--ignore-paused", "run it although the container is paused", options_.ignore_paused);
    command.words(1, any_number, {"ID", "COMMAND"});
    command.verbatim_after(2);
  }

  int run(const Globals& globals, const Command&, Words words) override {
    const runtime::Settings settings = runtime_settings(globals);
    options_.id = words[0];
    if (globals.personality != Personality::runc)
      for (const std::string& name : capabilities_) check_capability(name);
    words.erase(words.begin());
    if (!preserve_fds_.empty())
      options_.preserve_fds = static_cast<int>(parse_number("--preserve-fds", preserve_fds_, 0, 1024));
    options_.process = process_file_.empty() ? process_from_flags(settings, std::move(words)) : process_from_file();
    return runtime::exec(settings, options_).shell_status();
  }

private:
  spec::Process process_from_file() const {
    spec::Process process = spec::parse_process(read_file(process_file_, max_process_file), process_file_);
    if (tty_) process.terminal = true;
    return process;
  }

  spec::Process process_from_flags(const runtime::Settings& settings, Words command) {
    if (command.empty()) throw Error("exec: missing argument COMMAND").with_hint("or --process FILE");
    spec::RuntimeConfig config = runtime::container_config(settings, options_.id);
    spec::Process process = config.process ? std::move(*config.process) : spec::Process{};
    process.args = std::move(command);
    process.terminal = tty_;
    process.console_size.reset();
    for (const std::string& variable : env_) set_variable(process.env, variable);
    if (user_) process.user = parse_user(*user_);
    for (const std::string& gid : additional_gids_)
      process.user.additional_gids.push_back(
          static_cast<std::uint32_t>(parse_number("--additional-gids", gid, 0, max_id)));
    if (!cwd_.empty()) process.cwd = cwd_;
    if (no_new_privileges_) process.no_new_privileges = *no_new_privileges_;
    if (!selinux_label_.empty()) process.selinux_label = selinux_label_;
    if (!apparmor_.empty()) process.apparmor_profile = apparmor_;
    if (!capabilities_.empty() && !process.capabilities) process.capabilities.emplace();
    for (const std::string& name : capabilities_) add_capability(*process.capabilities, name);
    return process;
  }

  runtime::ExecOptions options_;
  std::string process_file_, cwd_, selinux_label_, apparmor_, preserve_fds_;
  Words env_, additional_gids_, capabilities_;
  std::optional<std::string> user_;
  std::optional<bool> no_new_privileges_;
  bool tty_ = false;
};

} // namespace

std::unique_ptr<Verb> make_exec() { return std::make_unique<Exec>(); }

} // namespace oci::cli
