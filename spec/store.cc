#include "spec/store.h"

#include "base/io.h"
#include "base/sys.h"

#include <cstdlib>
#include <unistd.h>

namespace oci::spec {
namespace {

constexpr mode_t private_folder = 0700;
constexpr std::size_t max_reference_bytes = 4096;

// Made when missing. A link in its place is not followed: what is in there is ours alone.
Fd open_private(int dir, const std::string& name) {
  Result<Fd> opened = sys::openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!opened && opened.error() == ENOENT) {
    const Result<void> made = sys::mkdirat(dir, name, private_folder);
    if (!made && made.error() != EEXIST) fail_errno(made.error(), cat("make folder ", name));
    opened = sys::openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  }
  return check(std::move(opened), "open folder ", name);
}

std::string lock_name(const Digest& digest) { return cat(digest.algorithm(), "-", digest.hex()); }

template <class F>
auto opening(const std::string& path, F&& open) {
  try {
    return open();
  } catch (Error& error) {
    throw std::move(error)
        .within(cat("open store ", path))
        .with_hint("choose another folder with --store or OCI_STORE");
  }
}

} // namespace

std::string Store::locate(const std::string& flag) {
  if (!flag.empty()) return absolute_path(flag);
  if (const std::string path = path_from_environment("OCI_STORE"); !path.empty()) return absolute_path(path);
  if (geteuid() == 0) return "/var/lib/oci";
  if (const std::string data = path_from_environment("XDG_DATA_HOME"); data.starts_with('/')) return cat(data, "/oci");
  if (const std::string home = path_from_environment("HOME"); home.starts_with('/'))
    return cat(home, "/.local/share/oci");
  throw Error("there is no place for the store: HOME is not set").with_hint("name a folder with --store or OCI_STORE");
}

Store Store::open_or_create(const std::string& path) {
  return opening(path, [&] {
    Layout layout = Layout::open_or_create(path);
    Fd state = open_private(layout.fd(), ".oci");
    return Store(std::move(layout), std::move(state));
  });
}

std::optional<Store> Store::open(const std::string& path) {
  const Result<struct stat> found = sys::stat(cat(path, "/oci-layout"));
  if (!found && found.error() == ENOENT) return std::nullopt;
  return opening(path, [&] {
    Layout layout = Layout::open(path);
    Fd state = open_private(layout.fd(), ".oci");
    return Store(std::move(layout), std::move(state));
  });
}

Store::Store(Layout layout, Fd state)
    : layout_(std::move(layout)), state_(std::move(state)), partial_(open_private(state_.get(), "partial")),
      tmp_(open_private(state_.get(), "tmp")), containers_(open_private(state_.get(), "containers")),
      locks_(open_private(state_.get(), "locks")) {}

FileLock Store::use() const {
  return with_context(cat("store ", path()),
                      [&] { return FileLock::take(locks_.get(), "store", FileLock::Mode::shared); });
}

FileLock Store::exclusive() const {
  return with_context(cat("store ", path()),
                      [&] { return FileLock::take(locks_.get(), "store", FileLock::Mode::exclusive); });
}

std::optional<FileLock> Store::try_exclusive() const {
  return with_context(cat("store ", path()),
                      [&] { return FileLock::try_take(locks_.get(), "store", FileLock::Mode::exclusive); });
}

FileLock Store::lock_digest(const Digest& digest) const {
  return with_context(cat("store ", path()),
                      [&] { return FileLock::take(locks_.get(), lock_name(digest), FileLock::Mode::exclusive); });
}

std::optional<FileLock> Store::try_lock_digest(const Digest& digest) const {
  return with_context(cat("store ", path()),
                      [&] { return FileLock::try_take(locks_.get(), lock_name(digest), FileLock::Mode::exclusive); });
}

std::string Store::container_path(const std::string& id) const {
  if (id.empty() || id == "." || id == ".." || id.find('/') != std::string::npos)
    fail("\"", printable(id, 120), "\" cannot be a container's id");
  return cat(path(), "/.oci/containers/", id);
}

std::string Store::last_reference() const {
  if (!sys::fstatat(state_.get(), "last")) return "";
  return with_context(cat("store ", path()), [&] {
    return std::string(trim(read_file_at(state_.get(), "last", max_reference_bytes, O_NOFOLLOW)));
  });
}

void Store::set_last_reference(const std::string& ref) {
  with_context(cat("store ", path()), [&] { write_file_atomic(state_.get(), "last", cat(ref, "\n"), 0600); });
}

} // namespace oci::spec
