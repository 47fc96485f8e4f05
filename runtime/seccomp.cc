#include "runtime/seccomp.h"

#include "base/sys.h"
#include "runtime/seccomp_prologue.h"

#include <algorithm>
#include <cerrno>
#include <linux/seccomp.h>
#include <memory>
#include <seccomp.h>
#include <unistd.h>

namespace oci::runtime {

namespace {

using Context = std::unique_ptr<void, void (*)(scmp_filter_ctx)>;

constexpr std::size_t longest_filter = 4096;     // BPF_MAXINSNS
constexpr std::uint32_t wait_killable = 1U << 5; // SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, newer than the headers
constexpr std::string_view notify_action = "SCMP_ACT_NOTIFY";

// libseccomp gives negative error numbers.
void require(int code, std::string_view what) {
  if (code < 0) fail_errno(Errno{-code}, std::string(what));
}

struct Action {
  std::string_view name;
  std::uint32_t code;
  bool takes_data; // errnoRet
};
constexpr Action actions[] = {{"SCMP_ACT_ALLOW", SCMP_ACT_ALLOW, false},
                              {"SCMP_ACT_ERRNO", SCMP_ACT_ERRNO(0), true},
                              {"SCMP_ACT_KILL", SCMP_ACT_KILL_THREAD, false},
                              {"SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS, false},
                              {"SCMP_ACT_KILL_THREAD", SCMP_ACT_KILL_THREAD, false},
                              {"SCMP_ACT_LOG", SCMP_ACT_LOG, false},
                              {"SCMP_ACT_NOTIFY", SCMP_ACT_NOTIFY, false},
                              {"SCMP_ACT_TRACE", SCMP_ACT_TRACE(0), true},
                              {"SCMP_ACT_TRAP", SCMP_ACT_TRAP, false}};

constexpr std::pair<std::string_view, scmp_compare> operators[] = {
    {"SCMP_CMP_EQ", SCMP_CMP_EQ}, {"SCMP_CMP_GE", SCMP_CMP_GE}, {"SCMP_CMP_GT", SCMP_CMP_GT},
    {"SCMP_CMP_LE", SCMP_CMP_LE}, {"SCMP_CMP_LT", SCMP_CMP_LT}, {"SCMP_CMP_MASKED_EQ", SCMP_CMP_MASKED_EQ},
    {"SCMP_CMP_NE", SCMP_CMP_NE}};

constexpr std::pair<std::string_view, std::uint32_t> flag_names[] = {
    {"SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG},
    {"SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW},
    {"SECCOMP_FILTER_FLAG_TSYNC", SECCOMP_FILTER_FLAG_TSYNC},
    {"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", wait_killable}};

constexpr std::string_view arch_names[] = {
    "SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM",       "SCMP_ARCH_LOONGARCH64", "SCMP_ARCH_M68K",     "SCMP_ARCH_MIPS",
    "SCMP_ARCH_MIPS64",  "SCMP_ARCH_MIPS64N32", "SCMP_ARCH_MIPSEL",      "SCMP_ARCH_MIPSEL64", "SCMP_ARCH_MIPSEL64N32",
    "SCMP_ARCH_PARISC",  "SCMP_ARCH_PARISC64",  "SCMP_ARCH_PPC",         "SCMP_ARCH_PPC64",    "SCMP_ARCH_PPC64LE",
    "SCMP_ARCH_RISCV64", "SCMP_ARCH_S390",      "SCMP_ARCH_S390X",       "SCMP_ARCH_SH",       "SCMP_ARCH_SHEB",
    "SCMP_ARCH_X32",     "SCMP_ARCH_X86",       "SCMP_ARCH_X86_64"};

template <class Table>
std::vector<std::string> names_of(const Table& table) {
  std::vector<std::string> names;
  for (const auto& entry : table) names.emplace_back(std::get<0>(entry));
  return names;
}

// `field` is the action's.
std::uint32_t action_code(const std::string& name, std::optional<std::uint32_t> errno_ret, const std::string& field) {
  const std::uint32_t data = errno_ret.value_or(EPERM);
  if (data > 0xffff) fail(field, ": its errnoRet is out of range");
  for (const auto& [known, code, takes_data] : actions)
    if (known == name) return takes_data ? code | data : code;
  fail(field, ": \"", printable(name), "\" is unknown");
}

// nullopt: a real architecture that libseccomp does not know, and so not this machine's.
std::optional<std::uint32_t> arch_token(const std::string& name, std::size_t index) {
  static constexpr std::string_view prefix = "SCMP_ARCH_";
  static constexpr std::string_view unknown_to_old[] = {"loongarch64", "m68k", "sh", "sheb", "riscv64"};
  if (name.starts_with(prefix)) {
    const std::string short_name = to_lower(std::string_view(name).substr(prefix.size()));
    if (const std::uint32_t token = seccomp_arch_resolve_name(short_name.c_str())) return token;
    if (std::find(std::begin(unknown_to_old), std::end(unknown_to_old), short_name) != std::end(unknown_to_old))
      return std::nullopt;
  }
  fail("linux.seccomp.architectures[", index, "]: \"", printable(name), "\" is unknown");
}

std::vector<std::uint32_t> add_architectures(scmp_filter_ctx context, const spec::Seccomp& seccomp) {
  std::vector<std::uint32_t> archs{seccomp_arch_native()};
  for (std::size_t i = 0; i < seccomp.architectures.size(); ++i) {
    const auto token = arch_token(seccomp.architectures[i], i);
    if (!token || std::find(archs.begin(), archs.end(), *token) != archs.end()) continue;
    const int code = seccomp_arch_add(context, *token);
    if (code == -EDOM) continue; // of the other byte order: no program for it runs here
    require(code, cat("linux.seccomp.architectures[", i, "]"));
    archs.push_back(*token);
  }
  return archs;
}

scmp_compare comparison(const std::string& name, const std::string& place) {
  for (const auto& [known, value] : operators)
    if (known == name) return value;
  fail(place, "op: \"", printable(name), "\" is unknown");
}

std::vector<scmp_arg_cmp> conditions(const spec::SyscallRule& rule, const std::string& place) {
  std::vector<scmp_arg_cmp> out;
  for (std::size_t i = 0; i < rule.args.size(); ++i) {
    const spec::SyscallArg& arg = rule.args[i];
    const std::string here = cat(place, "args[", i, "].");
    if (arg.index > 5) fail(here, "index: out of range");
    out.push_back({arg.index, comparison(arg.op, here), arg.value, arg.value_two.value_or(0)});
  }
  return out;
}

bool names_an_argument_twice(const std::vector<scmp_arg_cmp>& list) {
  for (std::size_t i = 0; i < list.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (list[i].arg == list[j].arg) return true;
  return false;
}

void add_rule(scmp_filter_ctx context, std::uint32_t action, int number, const std::vector<scmp_arg_cmp>& all,
              const std::string& what) {
  const auto add = [&](const scmp_arg_cmp* first, std::size_t count) {
    const int code = seccomp_rule_add_array(context, action, number, static_cast<unsigned>(count), first);
    if (code != -EEXIST) require(code, what);
  };
  if (!names_an_argument_twice(all)) return add(all.data(), all.size());
  // libseccomp takes one condition an argument; engines mean any of them then.
  for (const scmp_arg_cmp& one : all) add(&one, 1);
}

std::optional<std::uint32_t> number_on(const std::string& name, std::uint32_t arch) {
  const int number = seccomp_syscall_resolve_name_arch(arch, name.c_str());
  if (number >= 0) return static_cast<std::uint32_t>(number);
  return number == __NR_SCMP_ERROR ? newer_syscall(name, arch) : std::nullopt;
}

void add_rules(scmp_filter_ctx context, const spec::Seccomp& seccomp, std::uint32_t default_action,
               std::vector<ArchPrologue>& prologue) {
  for (std::size_t i = 0; i < seccomp.syscalls.size(); ++i) {
    const spec::SyscallRule& rule = seccomp.syscalls[i];
    const std::string place = cat("linux.seccomp.syscalls[", i, "].");
    const std::uint32_t action = action_code(rule.action, rule.errno_ret, cat(place, "action"));
    const std::vector<scmp_arg_cmp> args = conditions(rule, place);
    if (action == default_action) continue;
    for (const std::string& name : rule.names) {
      const int number = seccomp_syscall_resolve_name(name.c_str());
      if (number != __NR_SCMP_ERROR) {
        add_rule(context, action, number, args, cat(place, "names: ", printable(name)));
        continue;
      }
      for (ArchPrologue& arch : prologue) {
        const auto newer = newer_syscall(name, arch.arch);
        if (newer && !args.empty()) fail(place, "args: not supported for ", name);
        if (newer) arch.calls.push_back({*newer, action});
      }
    }
  }
}

// Programs try a new call and fall back when it is not there; an EPERM would break them.
void add_last_numbers(const spec::Seccomp& seccomp, std::vector<ArchPrologue>& prologue) {
  for (ArchPrologue& arch : prologue) {
    for (const spec::SyscallRule& rule : seccomp.syscalls)
      for (const std::string& name : rule.names) arch.last = std::max(arch.last, number_on(name, arch.arch));
  }
}

std::vector<sock_filter> exported(scmp_filter_ctx context) {
  const Fd file = check(sys::memfd_create("seccomp", 0), "compile linux.seccomp");
  require(seccomp_export_bpf(context, file.get()), "compile linux.seccomp");
  const auto size = static_cast<std::size_t>(check(sys::lseek(file.get(), 0, SEEK_END), "compile linux.seccomp"));
  std::vector<sock_filter> filter(size / sizeof(sock_filter));
  const auto got = check(sys::pread(file.get(), filter.data(), size, 0), "compile linux.seccomp");
  if (got != size) fail("compile linux.seccomp: short read");
  return filter;
}

std::uint32_t filter_flags(const spec::Seccomp& seccomp) {
  // As engines expect it: without a word about flags, speculation is left alone.
  if (seccomp.flags.empty()) return SECCOMP_FILTER_FLAG_SPEC_ALLOW;
  std::uint32_t flags = 0;
  for (const std::string& name : seccomp.flags) {
    const auto known = std::find_if(std::begin(flag_names), std::end(flag_names),
                                    [&](const auto& flag) { return flag.first == name; });
    if (known == std::end(flag_names)) fail("linux.seccomp.flags: \"", printable(name), "\" is unknown");
    flags |= known->second;
  }
  // One of them the kernel takes with a listener only, and the other not with one; init has no threads to synchronise.
  return flags & ~(seccomp.listener_path.empty() ? wait_killable : std::uint32_t{SECCOMP_FILTER_FLAG_TSYNC});
}

bool notifies(const spec::Seccomp& seccomp) {
  return seccomp.default_action == notify_action ||
         std::any_of(seccomp.syscalls.begin(), seccomp.syscalls.end(),
                     [](const spec::SyscallRule& rule) { return rule.action == notify_action; });
}

} // namespace

std::vector<std::string> seccomp_action_names() {
  std::vector<std::string> names;
  for (const Action& action : actions) names.emplace_back(action.name);
  return names;
}
std::vector<std::string> seccomp_operator_names() { return names_of(operators); }
std::vector<std::string> seccomp_flag_names() { return names_of(flag_names); }
std::vector<std::string> seccomp_arch_names() { return {std::begin(arch_names), std::end(arch_names)}; }

std::string seccomp_library_version() {
  const scmp_version* version = seccomp_version();
  return cat(version->major, ".", version->minor, ".", version->micro);
}

SeccompProgram compile_seccomp(const spec::Seccomp& seccomp) {
  const std::uint32_t default_action =
      action_code(seccomp.default_action, seccomp.default_errno_ret, "linux.seccomp.defaultAction");
  if (notifies(seccomp) && seccomp.listener_path.empty())
    fail("linux.seccomp.listenerPath: missing, but an action is ", notify_action);
  const Context context(seccomp_init(default_action), seccomp_release);
  if (!context) fail("linux.seccomp.defaultAction: ", printable(seccomp.default_action), " is not supported");
  std::vector<ArchPrologue> prologue;
  for (const std::uint32_t arch : add_architectures(context.get(), seccomp)) prologue.push_back({arch, {}, {}});
  add_rules(context.get(), seccomp, default_action, prologue);
  const bool default_is_errno = (default_action & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO;
  if (default_is_errno && default_action != SCMP_ACT_ERRNO(ENOSYS)) add_last_numbers(seccomp, prologue);

  SeccompProgram program{.filter = seccomp_prologue(prologue), .flags = filter_flags(seccomp)};
  const std::vector<sock_filter> rest = exported(context.get());
  program.filter.insert(program.filter.end(), rest.begin(), rest.end());
  if (program.filter.size() > longest_filter) fail("linux.seccomp: too long a filter");
  return program;
}

} // namespace oci::runtime
