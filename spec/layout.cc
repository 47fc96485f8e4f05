#include "spec/layout.h"

#include "base/io.h"
#include "base/sys.h"

#include <algorithm>
#include <sys/file.h>
#include <unistd.h>

namespace oci::spec {
namespace {

constexpr std::string_view version = "1.0.0";
constexpr std::size_t max_version_bytes = 4096;
constexpr const char* version_file = "oci-layout";
constexpr const char* index_file = "index.json";

bool exists(int dir, const std::string& name) { return sys::fstatat(dir, name).has_value(); }

void make_folder(int dir, const std::string& name) {
  const Result<void> made = sys::mkdirat(dir, name, 0755);
  if (!made && made.error() != EEXIST) fail_errno(made.error(), cat("make folder ", name));
}

void check_version(int dir) {
  if (!exists(dir, version_file)) fail("not an image layout: it has no file ", version_file);
  const Json document = parse_json(read_file_at(dir, version_file, max_version_bytes, O_NOFOLLOW), version_file);
  const Json* found = document.find("imageLayoutVersion");
  const std::string* text = found ? found->as_string() : nullptr;
  if (!text) fail(version_file, ": imageLayoutVersion: missing or no string");
  if (*text != version) fail("layout version ", printable(*text, 40), " is not supported, only ", version);
}

// By a descriptor of its own, so that it also excludes other users of the same Layout.
Fd lock_folder(int dir) {
  Fd folder = check(sys::openat(dir, ".", O_RDONLY | O_DIRECTORY), "open the folder");
  check(sys::flock(folder.get(), LOCK_EX), "lock the folder");
  return folder;
}

// oci-layout comes last: a folder is a layout only once it is complete.
void create_missing(int dir) {
  if (exists(dir, version_file) && exists(dir, index_file) && exists(dir, "blobs/sha256")) return;
  const Fd lock = lock_folder(dir);
  make_folder(dir, "blobs");
  make_folder(dir, "blobs/sha256");
  if (!exists(dir, index_file)) {
    Index none;
    none.media_type = media::oci_index;
    write_file_atomic(dir, index_file, to_text(none), 0644, Durability::synced);
  }
  if (!exists(dir, version_file))
    write_file_atomic(dir, version_file, cat("{\"imageLayoutVersion\":\"", version, "\"}"), 0644, Durability::synced);
}

// What root writes into another's layout is that one's.
void give_to_owner(int layout, int file) {
  const struct stat owner = check(sys::fstat(layout), "stat the folder"), now = check(sys::fstat(file), "stat");
  if (::geteuid() != 0 || (owner.st_uid == now.st_uid && owner.st_gid == now.st_gid)) return;
  // In a user namespace the owner may be nobody that could be set.
  if (auto given = sys::fchown(file, owner.st_uid, owner.st_gid);
      !given && given.error() != EINVAL && given.error() != EPERM)
    fail_errno(given.error(), "set the owner");
}

std::string_view name_of(const Descriptor& entry) {
  const auto found = entry.annotations.find(std::string(ref_name_annotation));
  return found == entry.annotations.end() ? std::string_view() : found->second;
}

} // namespace

Layout Layout::open(const std::string& path) {
  return with_context(cat("open image layout ", path), [&] {
    Layout layout(check(sys::open(path, O_RDONLY | O_DIRECTORY), "open the folder"), path);
    check_version(layout.fd());
    return layout;
  });
}

Layout Layout::open_or_create(const std::string& path, mode_t mode) {
  with_context(cat("create image layout ", path), [&] {
    const Fd folder = make_dirs(path, mode);
    create_missing(folder.get());
  });
  return open(path);
}

Index Layout::index() const {
  return with_context(cat("read image layout ", path_), [&] {
    return parse_index(read_file_at(fd(), index_file, max_document_bytes, O_NOFOLLOW), index_file);
  });
}

std::optional<Descriptor> Layout::find(std::string_view ref) const {
  Index entries = index();
  std::optional<Descriptor> found;
  for (Descriptor& entry : entries.manifests) {
    if (name_of(entry) != ref) continue;
    if (found) fail("image layout ", path_, ": two images are named \"", printable(ref), "\"");
    found = std::move(entry);
  }
  return found;
}

void Layout::update_index(const std::function<bool(Index&)>& change) {
  with_context(cat("change image layout ", path_), [&] {
    const Fd lock = lock_folder(fd());
    Index entries = parse_index(read_file_at(fd(), index_file, max_document_bytes, O_NOFOLLOW), index_file);
    if (!change(entries)) return;
    const std::string text = to_text(entries);
    if (text.size() > max_document_bytes)
      fail(index_file, ": it would be larger than ", human_bytes(max_document_bytes));
    write_file_atomic(fd(), index_file, text, 0644, Durability::synced);
    const Fd written = check(sys::openat(fd(), index_file, O_RDONLY | O_NOFOLLOW), "open ", index_file);
    give_to_owner(fd(), written.get());
  });
}

void Layout::tag(const std::string& ref, Descriptor descriptor) {
  if (ref.empty() || printable(ref, ref.size()) != ref) fail("\"", printable(ref), "\" cannot be an image's name");
  descriptor.annotations[std::string(ref_name_annotation)] = ref;
  update_index([&](Index& entries) {
    std::erase_if(entries.manifests, [&](const Descriptor& entry) {
      const std::string_view name = name_of(entry);
      return name == ref || (name.empty() && entry.digest == descriptor.digest);
    });
    entries.manifests.push_back(std::move(descriptor));
    return true;
  });
}

std::string Layout::blob_path(const Digest& digest) const { return cat("blobs/", digest.path()); }

void Layout::share_blobs(const std::string& folder) {
  shared_ = with_context(cat("open the shared blobs ", folder), [&] { return make_dirs(folder, 0755); });
}

Fd Layout::blobs_folder() const {
  return check(sys::openat(blobs_base(), shared_ ? "." : "blobs", O_RDONLY | O_DIRECTORY), "open blobs of ", path_);
}

bool Layout::has_blob(const Descriptor& descriptor) const {
  const Result<struct stat> status = sys::fstatat(blobs_base(), path_of(descriptor.digest));
  return status && S_ISREG(status->st_mode) && status->st_size == descriptor.size;
}

Fd Layout::open_blob(const Descriptor& descriptor) const {
  return with_context(cat("open blob ", descriptor.digest.text(), " of ", path_), [&] {
    // Without waiting: a FIFO in its place is found out below.
    Result<Fd> opened =
        sys::openat(blobs_base(), path_of(descriptor.digest), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (!opened && opened.error() == ELOOP) fail("it is a symbolic link");
    if (!opened) throw Error(errno_text(opened.error().value)).with_errno(opened.error().value);

    const struct stat status = check(sys::fstat(opened->get()), "stat");
    if (!S_ISREG(status.st_mode)) fail("not a regular file");
    if (status.st_size != descriptor.size)
      fail("it has ", status.st_size, " bytes, its descriptor says ", descriptor.size);
    return std::move(*opened);
  });
}

void Layout::adopt_blob(int file, int dir, const std::string& name, const Digest& digest) const {
  with_context(cat("store blob ", digest.text(), " in ", path_), [&] {
    const std::string folder_name = cat(shared_ ? "" : "blobs/", digest.algorithm());
    make_folder(blobs_base(), folder_name);
    const Fd folder = check(sys::openat(blobs_base(), folder_name, O_RDONLY | O_DIRECTORY), "open ", folder_name);
    give_to_owner(fd(), file);
    check(sys::fchmod(file, 0644), "chmod");
    check(sys::fsync(file), "sync");
    check(sys::renameat(dir, name, folder.get(), std::string(digest.hex())), "rename");
    check(sys::fsync(folder.get()), "sync ", folder_name);
  });
}

} // namespace oci::spec
