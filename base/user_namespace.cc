#include "base/user_namespace.h"

#include "base/child.h"
#include "base/fd.h"
#include "base/files.h"
#include "base/sys.h"
#include "base/text.h"

#include <algorithm>
#include <csignal>
#include <pwd.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace oci {

std::string id_helper_path(const char* name) {
  for (const char* folder : {"/usr/bin/", "/bin/", "/usr/local/bin/", "/run/wrappers/bin/"})
    if (std::string path = cat(folder, name); ::access(path.c_str(), X_OK) == 0) return path;
  return {};
}

namespace {

constexpr std::size_t most_ranges = 340; // the kernel's limit
constexpr std::uint64_t id_space = 1ULL << 32;

std::optional<std::uint32_t> parse_id(std::string_view text) {
  std::optional<std::uint64_t> number = parse_unsigned(trim(text));
  if (!number || *number >= id_space) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

template <class Member>
void check_apart(const IdMap& map, Member start) {
  std::vector<IdRange> sorted = map;
  std::sort(sorted.begin(), sorted.end(), [&](const IdRange& a, const IdRange& b) { return a.*start < b.*start; });
  for (std::size_t i = 1; i < sorted.size(); ++i)
    if (std::uint64_t{sorted[i - 1].*start} + sorted[i - 1].size > sorted[i].*start)
      fail("mappings overlap at ", sorted[i].*start);
}

std::string map_text(const IdMap& map) {
  std::string text;
  for (const IdRange& range : map) text += cat(range.inside, " ", range.outside, " ", range.size, "\n");
  return text;
}

void write_process_file(pid_t pid, const char* name, std::string_view text) {
  Fd file = check(sys::open(cat("/proc/", pid, "/", name), O_WRONLY), "open ", name);
  check(sys::write(file.get(), text.data(), text.size()), "write ", name);
}

void run_helper(const char* name, pid_t pid, const IdMap& map) {
  Child::Options options;
  options.program = id_helper_path(name);
  if (options.program.empty()) fail(name, " is not installed");
  options.args = {name, std::to_string(pid)};
  for (const IdRange& range : map)
    for (std::uint32_t number : {range.inside, range.outside, range.size})
      options.args.push_back(std::to_string(number));
  const ExitStatus status = Child::spawn(options).wait();
  if (status.shell_status() != 0) fail(name, " ended with status ", status.shell_status());
}

bool is_own_alone(const IdMap& map, std::uint32_t own) {
  return map.size() == 1 && map[0].outside == own && map[0].size == 1;
}

void map_process(pid_t pid, const UserMaps& maps) {
  const bool own_alone = is_own_alone(maps.uids, ::geteuid()) && is_own_alone(maps.gids, ::getegid());
  if (::geteuid() != 0 && !own_alone) {
    run_helper("newuidmap", pid, maps.uids);
    return run_helper("newgidmap", pid, maps.gids);
  }
  write_process_file(pid, "uid_map", map_text(maps.uids));
  if (::geteuid() != 0) write_process_file(pid, "setgroups", "deny");
  write_process_file(pid, "gid_map", map_text(maps.gids));
}

// The child's first step: says 0 or an error number, then waits for its maps.
bool enter(int socket) {
  int error = ::unshare(CLONE_NEWUSER) == 0 ? 0 : errno;
  char go = 0;
  return ::send(socket, &error, sizeof error, MSG_NOSIGNAL) == sizeof error && error == 0 &&
         ::recv(socket, &go, 1, 0) == 1;
}

void map_child(pid_t child, int socket, const UserMaps& maps) {
  int error = 0;
  ssize_t got = ::recv(socket, &error, sizeof error, 0);
  if (got != sizeof error) fail("make a user namespace: the process ended");
  if (error != 0) fail_errno(Errno{error}, "make a user namespace");
  with_context("map the user namespace's ids", [&] { map_process(child, maps); });
  char go = 1;
  check(sys::result_void(::send(socket, &go, 1, MSG_NOSIGNAL)), "let the process in the user namespace go on");
}

} // namespace

std::optional<std::uint32_t> map_out(const IdMap& map, std::uint32_t inside) {
  for (const IdRange& range : map)
    if (inside >= range.inside && inside - range.inside < range.size) return range.outside + (inside - range.inside);
  return std::nullopt;
}

void check_id_map(const IdMap& map) {
  if (map.size() > most_ranges) fail(map.size(), " mappings, at most ", most_ranges);
  for (const IdRange& range : map) {
    const std::uint64_t last = std::uint64_t{std::max(range.inside, range.outside)} + range.size;
    if (range.size == 0 || last > id_space - 1) fail("mapping of ", range.size, " ids is out of range");
  }
  check_apart(map, &IdRange::inside);
  check_apart(map, &IdRange::outside);
}

IdMap parse_id_map(std::string_view text) {
  IdMap map;
  for (const std::string& line : split(text, '\n')) {
    std::vector<std::uint32_t> numbers;
    for (const std::string& word : split(line, ' '))
      if (auto number = parse_id(word); number && !word.empty()) numbers.push_back(*number);
    if (numbers.size() == 3) map.push_back({numbers[0], numbers[1], numbers[2]});
  }
  return map;
}

UserMaps own_maps() {
  auto read = [](const char* path) { return parse_id_map(read_file_if_exists(path, 65536).value_or("")); };
  return {read("/proc/self/uid_map"), read("/proc/self/gid_map")};
}

IdMap with_subordinates(std::string_view text, std::string_view user, std::uint32_t uid, std::uint32_t own) {
  IdMap map{{0, own, 1}};
  for (const std::string& line : split(text, '\n')) {
    const std::vector<std::string> fields = split(line, ':');
    if (fields.size() != 3 || (fields[0] != user && fields[0] != std::to_string(uid))) continue;
    const auto start = parse_id(fields[1]), size = parse_id(fields[2]);
    const std::uint32_t next = map.back().inside + map.back().size;
    if (start && size && *size > 0 && std::uint64_t{*start} + *size < id_space && map.size() < most_ranges &&
        std::uint64_t{next} + *size < id_space)
      map.push_back({next, *start, *size});
  }
  return map;
}

std::optional<UserMaps> subordinate_maps() {
  if (id_helper_path("newuidmap").empty() || id_helper_path("newgidmap").empty()) return std::nullopt;
  const passwd* user = ::getpwuid(::geteuid());
  const std::string name = user ? user->pw_name : "";
  auto read = [&](const char* file, std::uint32_t own) {
    return with_subordinates(read_file_if_exists(file, 1u << 20).value_or(""), name, ::geteuid(), own);
  };
  UserMaps maps{read("/etc/subuid", ::geteuid()), read("/etc/subgid", ::getegid())};
  if (maps.uids.size() < 2 || maps.gids.size() < 2) return std::nullopt;
  return maps;
}

pid_t fork_in_user_namespace(const UserMaps& maps, const std::function<int()>& body) {
  sys::SocketPair pair = check(sys::socketpair(SOCK_SEQPACKET), "make a socket");
  const pid_t child = ::fork();
  if (child < 0) fail_errno(Errno{errno}, "fork");
  if (child == 0) {
    pair.parent.reset();
    ::_exit(enter(pair.child.get()) ? body() : 1);
  }
  pair.child.reset();
  try {
    map_child(child, pair.parent.get(), maps);
  } catch (...) {
    ::kill(child, SIGKILL);
    while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
    throw;
  }
  return child;
}

} // namespace oci
