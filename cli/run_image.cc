#include "cli/run_image.h"

#include "cli/image_half.h"

#include "base/error.h"
#include "base/files.h"
#include "base/stop_signals.h"
#include "base/sys.h"
#include "spec/image_record.h"
#include "spec/reference.h"

#include <sys/file.h>
#include <unistd.h>

namespace oci::cli {

namespace {

constexpr int not_executable = 126, not_found = 127, engine_failure = 125;

std::optional<spec::ImageRecord> find_record(const std::string& store_path, const std::string& image) {
  const auto store = spec::Store::open(store_path);
  if (!store || spec::has_transport(image)) return std::nullopt;
  const auto descriptor = store->layout().find(spec::Reference::parse(image).text());
  return descriptor ? spec::read_image_record(*store, descriptor->digest) : std::nullopt;
}

Words image_half_line(const Globals& globals, const std::string& store_path) {
  Words line{"oci", "--store", store_path};
  if (globals.debug) line.emplace_back("--debug");
  if (globals.verbose) line.emplace_back("--verbose");
  return line;
}

spec::ImageRecord pull(const Globals& globals, const std::string& store_path, const RunImage& what) {
  Words line = image_half_line(globals, store_path);
  line.insert(line.end(), {"pull", what.image});
  if (!what.platform.empty()) line.insert(line.end(), {"--platform", what.platform});
  if (what.quiet) line.emplace_back("--quiet");
  const std::string printed = run_image_half(line);
  const auto digest = Digest::parse(trim(printed));
  const auto store = spec::Store::open(store_path);
  auto record = digest && store ? spec::read_image_record(*store, *digest) : std::nullopt;
  if (!record) fail("pull ", what.image, ": the store has no record of it");
  return std::move(*record);
}

// The container's folder in the store; gone again with all that is in it. The lock on it tells gc that it is used.
class ContainerFolder {
public:
  ContainerFolder(const spec::Store& store, std::string id) : parent_(store.containers()), id_(std::move(id)) {
    const FileLock in_use = store.use();
    check(sys::mkdirat(parent_, id_, 0700), "make ", store.container_path(id_));
    fd_ = check(sys::openat(parent_, id_, O_RDONLY | O_DIRECTORY), "open ", store.container_path(id_));
    check(sys::flock(fd_.get(), LOCK_SH), "lock ", store.container_path(id_));
  }
  ContainerFolder(const ContainerFolder&) = delete;
  ~ContainerFolder() { (void)remove_tree(parent_, id_); }
  int fd() const { return fd_.get(); }

private:
  int parent_;
  std::string id_;
  Fd fd_;
};

// Docker without -i: the program reads nothing of ours.
void close_stdin() {
  const Fd null = check(sys::open("/dev/null", O_RDONLY), "open /dev/null");
  if (::dup2(null.get(), STDIN_FILENO) < 0) fail_errno(Errno{errno}, "replace standard input");
}

int docker_exit_code(const Error& error) {
  const std::string& text = error.message();
  if (text.find("exec: \"") == std::string::npos) return engine_failure;
  if (text.find("executable file not found") != std::string::npos ||
      text.find("no such file or directory") != std::string::npos)
    return not_found;
  return text.find("permission denied") != std::string::npos ? not_executable : engine_failure;
}

int run_record(const Globals& globals, const std::string& store_path, const spec::ImageRecord& record,
               const RunImage& what, ContainerOptions& container, runtime::RunOptions options) {
  const runtime::Settings settings = runtime_settings(globals);
  options.id = what.name.empty() ? random_name(12) : what.name;
  runtime::check_id(options.id);
  const auto store = spec::Store::open_or_create(store_path);
  std::optional<StopSignals> stop(std::in_place); // outlives the folder; the runtime takes them over
  const ContainerFolder folder(store, options.id);
  options.bundle = store.container_path(options.id);

  Words unpack = image_half_line(globals, store_path);
  unpack.insert(unpack.end(), {"unpack", "--rootfs-only", "--quiet", record.manifest.digest.text(), options.bundle});
  run_image_half(unpack, stop->fd());

  container.request.command = what.command;
  container.request.container_id = options.id;
  container.request.tty = container.tty.value_or(false);
  write_bundle_config(folder.fd(), record.config, container);
  if (!container.interactive) close_stdin();
  stop->check();
  stop.reset();
  return runtime::run(settings, options).shell_status();
}

} // namespace

bool store_has_image(const Globals& globals, const std::string& word) {
  try {
    const auto store = spec::Store::open(spec::Store::locate(globals.store));
    return store && store->layout().find(spec::Reference::parse(word).text());
  } catch (const Error&) {
    return false; // not even a reference
  }
}

spec::ImageRecord image_record(const Globals& globals, const RunImage& what) {
  const std::string store_path = spec::Store::locate(globals.store);
  const auto record = what.platform.empty() ? find_record(store_path, what.image) : std::nullopt;
  return record ? *record : pull(globals, store_path, what);
}

void with_unpacked(const Globals& globals, const spec::ImageRecord& record,
                   const std::function<void(int rootfs)>& use) {
  const std::string store_path = spec::Store::locate(globals.store);
  const auto store = spec::Store::open_or_create(store_path);
  const StopSignals stop; // outlives the folder
  const std::string id = random_name(12);
  const ContainerFolder folder(store, id);
  Words unpack = image_half_line(globals, store_path);
  unpack.insert(unpack.end(),
                {"unpack", "--rootfs-only", "--quiet", record.manifest.digest.text(), store.container_path(id)});
  run_image_half(unpack, stop.fd());
  const Fd rootfs = check(sys::openat(folder.fd(), "rootfs", O_PATH | O_DIRECTORY), "open the unpacked rootfs");
  use(rootfs.get());
}

int run_image(const Globals& globals, const RunImage& what, ContainerOptions& container, runtime::RunOptions options) {
  try {
    const std::string store_path = spec::Store::locate(globals.store);
    const auto record = what.platform.empty() ? find_record(store_path, what.image) : std::nullopt;
    return with_context(cat("run ", what.image), [&] {
      return run_record(globals, store_path, record ? *record : pull(globals, store_path, what), what, container,
                        std::move(options));
    });
  } catch (const ImageHalfFailed&) {
    return engine_failure;
  } catch (Error& error) {
    const int code = docker_exit_code(error);
    throw std::move(error).with_exit_code(code);
  }
}

} // namespace oci::cli
