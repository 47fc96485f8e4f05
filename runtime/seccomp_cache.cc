// The filters that were compiled before. A file holds its whole key (all that the filter was made from) and is believed
// only when that is equal byte for byte and nobody but us could have written it.
#include "runtime/seccomp.h"

#include "base/files.h"
#include "base/sys.h"
#include "base/version.h"
#include "runtime/state.h"

#include <cstring>
#include <dirent.h>
#include <memory>
#include <seccomp.h>
#include <unistd.h>

namespace oci::runtime {

namespace {

constexpr char cache_folder[] = ".seccomp";
constexpr std::size_t most_files = 64;
constexpr std::size_t largest_file = 1u << 20;

// Lengths before texts and counts before lists: two different inputs never give the same key.
class Key {
public:
  void number(std::uint64_t value) { text_.append(reinterpret_cast<const char*>(&value), sizeof value); }
  void text(std::string_view value) {
    number(value.size());
    text_.append(value);
  }
  void optional(const auto& value) {
    number(value ? 1 : 0);
    number(value ? *value : 0);
  }
  void texts(const std::vector<std::string>& values) {
    number(values.size());
    for (const std::string& value : values) text(value);
  }
  std::string take() { return std::move(text_); }

private:
  std::string text_;
};

std::string key_of(const spec::Seccomp& seccomp) {
  Key key;
  key.text(OCI_VERSION " " OCI_COMMIT);
  const scmp_version* library = seccomp_version();
  for (const unsigned part : {library->major, library->minor, library->micro}) key.number(part);
  key.number(seccomp_arch_native());
  key.text(seccomp.default_action);
  key.optional(seccomp.default_errno_ret);
  key.texts(seccomp.architectures);
  key.texts(seccomp.flags);
  key.text(seccomp.listener_path);
  key.number(seccomp.syscalls.size());
  for (const spec::SyscallRule& rule : seccomp.syscalls) {
    key.texts(rule.names);
    key.text(rule.action);
    key.optional(rule.errno_ret);
    key.number(rule.args.size());
    for (const spec::SyscallArg& arg : rule.args) {
      key.number(arg.index);
      key.number(arg.value);
      key.optional(arg.value_two);
      key.text(arg.op);
    }
  }
  return key.take();
}

// Only to find the file: what it holds decides.
std::string file_name(std::string_view key) {
  std::uint64_t hash = 0xcbf29ce484222325; // FNV-1a
  for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  static constexpr char digits[] = "0123456789abcdef";
  std::string name;
  for (int shift = 60; shift >= 0; shift -= 4) name += digits[(hash >> shift) & 15];
  return name;
}

bool is_ours_alone(const struct stat& status, mode_t type) {
  return (status.st_mode & S_IFMT) == type && status.st_uid == geteuid() && (status.st_mode & 022) == 0;
}

Fd open_cache(const std::string& folder) {
  const Fd root = make_dirs(folder, state_root_mode());
  const auto open = [&] { return sys::openat(root.get(), cache_folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW); };
  auto cache = open();
  if (!cache && cache.error() == ENOENT && sys::mkdirat(root.get(), cache_folder, 0700)) cache = open();
  if (!cache) return Fd();
  const auto status = sys::fstat(cache->get());
  return status && is_ours_alone(*status, S_IFDIR) ? std::move(*cache) : Fd();
}

// File: length of the key, key, flags, filter.
std::string packed(const std::string& key, const SeccompProgram& program) {
  Key file;
  file.text(key);
  file.number(program.flags);
  std::string out = file.take();
  out.append(reinterpret_cast<const char*>(program.filter.data()), program.filter.size() * sizeof(sock_filter));
  return out;
}

std::optional<SeccompProgram> unpacked(std::string_view text, const std::string& key) {
  const std::string head = packed(key, {});
  const std::size_t keyed = head.size() - sizeof(std::uint64_t);
  if (text.size() <= head.size() || text.substr(0, keyed) != std::string_view(head).substr(0, keyed))
    return std::nullopt;
  std::uint64_t flags = 0;
  std::memcpy(&flags, text.data() + keyed, sizeof flags);
  const std::string_view filter = text.substr(head.size());
  if (filter.size() % sizeof(sock_filter) != 0) return std::nullopt;
  SeccompProgram program{.filter = std::vector<sock_filter>(filter.size() / sizeof(sock_filter)),
                         .flags = static_cast<std::uint32_t>(flags)};
  std::memcpy(program.filter.data(), filter.data(), filter.size());
  return program;
}

std::optional<SeccompProgram> load(int cache, const std::string& name, const std::string& key) {
  const auto file = sys::openat(cache, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!file) return std::nullopt;
  const auto status = sys::fstat(file->get());
  if (!status || !is_ours_alone(*status, S_IFREG) || static_cast<std::size_t>(status->st_size) > largest_file)
    return std::nullopt;
  std::string text(static_cast<std::size_t>(status->st_size), '\0');
  const auto got = sys::pread(file->get(), text.data(), text.size(), 0);
  if (!got || *got != text.size()) return std::nullopt;
  return unpacked(text, key);
}

// Makes room by dropping the oldest.
void limit_files(int cache) {
  const int twin = fcntl(cache, F_DUPFD_CLOEXEC, 3);
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(twin < 0 ? nullptr : fdopendir(twin), closedir);
  if (!listing) return;
  std::size_t count = 0;
  std::string oldest;
  std::int64_t oldest_time = 0;
  while (const dirent* entry = readdir(listing.get())) {
    const std::string name = entry->d_name;
    const auto status = sys::fstatat(cache, name);
    if (name == "." || name == ".." || !status) continue;
    ++count;
    if (!oldest.empty() && status->st_mtim.tv_sec >= oldest_time) continue;
    oldest = name;
    oldest_time = status->st_mtim.tv_sec;
  }
  if (count >= most_files) (void)sys::unlinkat(cache, oldest);
}

} // namespace

SeccompProgram cached_seccomp(const spec::Seccomp& seccomp, const std::string& folder) {
  Fd cache;
  try {
    cache = open_cache(folder);
  } catch (const Error&) { // the state folder will have to be made there, and says what is wrong
  }
  if (!cache) return compile_seccomp(seccomp);
  const std::string key = key_of(seccomp);
  const std::string name = file_name(key);
  if (auto found = load(cache.get(), name, key)) return std::move(*found);
  SeccompProgram program = compile_seccomp(seccomp);
  try {
    limit_files(cache.get());
    write_file_atomic(cache.get(), name, packed(key, program), 0600);
  } catch (const Error&) { // a full or read-only disk costs the next start time, no more
  }
  return program;
}

} // namespace oci::runtime
