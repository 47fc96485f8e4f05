#include "base/files.h"
#include "base/io.h"
#include "base/sys.h"
#include "runtime/state.h"

#include <algorithm>
#include <dirent.h>
#include <memory>
#include <poll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace oci::runtime {

namespace {

constexpr std::size_t size_limit = 16u << 20; // of state.json and config.json

[[noreturn]] void does_not_exist(const std::string& id) { fail("container \"", printable(id), "\" does not exist"); }

// nullopt when it is not ours, whatever it is.
std::optional<Json> parse_ours(const std::string& text) {
  const Json json = parse_json(text, state_file);
  const Json* runtime = json.find("runtime");
  if (!runtime || !runtime->as_string() || *runtime->as_string() != "oci") return std::nullopt;
  return json;
}

std::string text_in(const Json& json, const char* key) {
  const Json* value = json.find(key);
  return value && value->as_string() ? *value->as_string() : "";
}

std::int64_t number_in(const Json& json, const char* key) {
  const Json* value = json.find(key);
  return value ? value->as_int64().value_or(0) : 0;
}

// runc keeps the bundle as a label of its config: "bundle=/path".
std::string runc_bundle(const Json& config) {
  const Json* labels = config.find("labels");
  if (!labels || !labels->as_array()) return "";
  for (const Json& label : *labels->as_array())
    if (label.as_string() && label.as_string()->starts_with("bundle=")) return label.as_string()->substr(7);
  return "";
}

} // namespace

mode_t state_root_mode() { return geteuid() == 0 ? 0711 : 0700; }

StateFolder::StateFolder(const std::string& root, std::string id) : path_(cat(root, "/", id)), id_(std::move(id)) {}

std::optional<StateFolder> StateFolder::find(const std::string& root, const std::string& id, Lock lock,
                                             std::chrono::milliseconds patience) {
  check_id(id);
  StateFolder folder(root, id);
  auto root_fd = sys::open(root, O_PATH | O_DIRECTORY);
  if (!root_fd && root_fd.error() == ENOENT) return std::nullopt;
  folder.root_ = check(std::move(root_fd), "open ", root);
  while (folder.open_fd())
    if (lock == Lock::none || folder.relock(patience)) return folder;
  return std::nullopt;
}

bool StateFolder::relock(std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!try_lock()) {
    // A flock cannot be waited for with a deadline.
    if (std::chrono::steady_clock::now() > deadline) fail("container \"", id_, "\" is busy: another command holds it");
    poll(nullptr, 0, 2);
  }
  return still_named();
}

StateFolder StateFolder::open(const std::string& root, const std::string& id, Lock lock,
                              std::chrono::milliseconds patience) {
  auto folder = find(root, id, lock, patience);
  if (!folder) does_not_exist(id);
  return std::move(*folder);
}

StateFolder StateFolder::create(const std::string& root, const std::string& id) {
  check_id(id);
  StateFolder folder(root, id);
  folder.root_ = make_dirs(root, state_root_mode());
  for (;;) {
    const auto made = sys::mkdirat(folder.root_.get(), id, 0700);
    if (!made && !(made.error() == EEXIST)) fail_errno(made.error(), cat("create ", folder.path_));
    if (!folder.open_fd()) {
      const auto named = sys::fstatat(folder.root_.get(), id, AT_SYMLINK_NOFOLLOW);
      if (named && !S_ISDIR(named->st_mode)) fail(folder.path_, " is in the way: it is not a directory");
      continue;
    }
    const bool taken = !folder.try_lock() || folder.has(state_file) || folder.foreign();
    if (taken) fail("container with given ID already exists");
    if (!folder.still_named()) continue;
    if (made) return folder;
    folder.remove(); // what a killed create left
  }
}

bool StateFolder::open_fd() {
  locked_ = false;
  auto opened = sys::openat(root_.get(), id_, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!opened && (opened.error() == ENOENT || opened.error() == ENOTDIR || opened.error() == ENAMETOOLONG))
    return false;
  fd_ = check(std::move(opened), "open ", path_);
  return true;
}

bool StateFolder::try_lock() {
  const auto locked = sys::flock(fd_.get(), LOCK_EX | LOCK_NB);
  if (!locked && !(locked.error() == EWOULDBLOCK)) fail_errno(locked.error(), cat("lock ", path_));
  return locked_ = locked.has_value();
}

bool StateFolder::still_named() const {
  const auto held = sys::fstat(fd_.get());
  const auto named = sys::fstatat(root_.get(), id_);
  return held && named && held->st_dev == named->st_dev && held->st_ino == named->st_ino;
}

// A folder that cannot be looked into is not an empty one.
bool StateFolder::has(const char* name) const {
  const auto status = sys::fstatat(fd_.get(), name);
  if (!status && !(status.error() == ENOENT)) fail_errno(status.error(), cat("look at ", path_, "/", name));
  return status.has_value();
}

void StateFolder::unlock() {
  check(sys::flock(fd_.get(), LOCK_UN), "unlock ", path_);
  locked_ = false;
}

// What we put there by name; a folder with more in it is taken as any tree.
void StateFolder::remove() {
  for (const char* name : {start_socket, config_file, state_file}) (void)sys::unlinkat(fd_.get(), name);
  if (sys::unlinkat(root_.get(), id_, AT_REMOVEDIR)) return;
  check(remove_tree(root_.get(), id_), "remove ", path_);
}

std::vector<std::string> StateFolder::ids(const std::string& root) {
  std::vector<std::string> found;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir(root.c_str()), closedir);
  if (!folder && errno == ENOENT) return found;
  if (!folder) fail_errno(Errno{errno}, cat("open ", root));
  while (const dirent* entry = readdir(folder.get()))
    if (entry->d_name[0] != '.') found.emplace_back(entry->d_name);
  std::sort(found.begin(), found.end());
  return found;
}

void StateFolder::store(const Record& record) {
  write_file_atomic(fd_.get(), state_file, dump_json(to_json(record)), 0600);
}

std::optional<Record> StateFolder::load() const {
  if (!has(state_file)) {
    if (foreign()) fail("container \"", id_, "\" was made by another runtime");
    return std::nullopt;
  }
  return with_context(path_, [&]() -> Record {
    const auto json = parse_ours(read_file_at(fd_.get(), state_file, size_limit, O_NOFOLLOW));
    if (!json) fail("container \"", id_, "\" was made by another runtime");
    return record_from(*json);
  });
}

Record StateFolder::record() const {
  auto record = load();
  if (!record) does_not_exist(id_);
  return std::move(*record);
}

std::optional<ContainerState> StateFolder::foreign() const {
  const char* file = nullptr;
  for (const char* name : {state_file, "status"}) // runc's, crun's
    if (!file && has(name)) file = name;
  if (!file) return std::nullopt;
  ContainerState state;
  state.id = id_;
  state.foreign = true;
  Json json;
  try {
    json = parse_json(read_file_at(fd_.get(), file, size_limit, O_NOFOLLOW), file);
  } catch (const Error&) {
    return state;
  }
  if (text_in(json, "runtime") == "oci") return std::nullopt;
  static const Json no_config;
  const Json* config = json.find("config");
  if (!config) config = &no_config;
  const bool runc = json.find("init_process_pid") != nullptr;
  ProcessIdentity init;
  init.pid = static_cast<pid_t>(number_in(json, runc ? "init_process_pid" : "pid"));
  init.start_time = static_cast<std::uint64_t>(number_in(json, runc ? "init_process_start" : "process-start-time"));
  init.boot = ProcessIdentity::current_boot();
  const bool alive = static_cast<bool>(init.open());
  state.status = alive ? Status::running : Status::stopped;
  state.pid = alive ? init.pid : 0;
  state.bundle = runc ? runc_bundle(*config) : text_in(json, "bundle");
  state.rootfs = runc ? text_in(*config, "rootfs") : text_in(json, "rootfs");
  state.created = text_in(json, "created");
  return state;
}

void StateFolder::store_first_config(std::string_view text) {
  const Fd file = check(sys::openat(fd_.get(), config_file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600), "create ",
                        path_, "/", config_file);
  check(write_all(file.get(), text), "write ", path_, "/", config_file);
}

void StateFolder::store_config(std::string_view text) { write_file_atomic(fd_.get(), config_file, text, 0600); }

std::string StateFolder::config() const {
  return with_context(path_, [&] { return read_file_at(fd_.get(), config_file, size_limit, O_NOFOLLOW); });
}

bool StateFolder::awaits_start() const {
  // A connection of the wrong type is refused before init hears of it: EPROTOTYPE tells that somebody listens.
  const Fd probe(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!probe) fail_errno(Errno{errno}, "make a socket");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = cat("/proc/self/fd/", fd_.get(), "/", start_socket);
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0 && errno == EPROTOTYPE;
}

Status StateFolder::status(const Record& record) const {
  const bool alive = static_cast<bool>(record.init.open());
  if (record.creating && record.init.pid == 0) {
    const bool held = locked_ || !sys::flock(fd_.get(), LOCK_SH | LOCK_NB);
    if (!locked_ && !held) sys::flock(fd_.get(), LOCK_UN);
    return held ? Status::creating : Status::stopped;
  }
  if (!alive) return Status::stopped;
  if (record.creating) return Status::creating;
  if (Cgroup::open(record.cgroup)->frozen()) return Status::paused;
  return awaits_start() ? Status::created : Status::running;
}

} // namespace oci::runtime
