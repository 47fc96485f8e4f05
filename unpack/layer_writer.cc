#include "unpack/layer_writer.h"

#include "base/log.h"
#include "base/stop_signals.h"
#include "base/sys.h"
#include "unpack/kept_owner.h"
#include "unpack/names.h"

#include <algorithm>
#include <dirent.h>
#include <sys/sysmacros.h>

namespace oci::unpack {

namespace {

constexpr std::size_t buffer_bytes = 256u << 10;
constexpr std::string_view whiteout_prefix = ".wh.";
constexpr std::string_view size_annotation = "ci.umo.uncompressed_blob_size";

std::string_view media_type_of(spec::media::Compression compression) {
  switch (compression) {
  case spec::media::Compression::gzip:
    return spec::media::oci_layer_gzip;
  case spec::media::Compression::zstd:
    return spec::media::oci_layer_zstd;
  default:
    return spec::media::oci_layer;
  }
}

void refuse_whiteout_name(const std::string& name) {
  if (is_beneath_whiteout(name)) fail("a name that begins with .wh. would be a whiteout");
}

std::uint32_t map_in(const IdMap& map, std::uint32_t outside, bool rootless, const char* what) {
  if (map.empty()) return outside;
  for (const IdRange& range : map)
    if (outside >= range.outside && outside - range.outside < range.size) return outside - range.outside + range.inside;
  if (rootless) return 0; // all there is belongs to the image's root
  fail("its ", what, " ", outside, " is not one of the bundle's map");
}

// A capability of a user namespace's root is written as that of root (capabilities(7), versions 3 and 2).
void plain_capability(Xattr& xattr) {
  constexpr std::size_t version_2_bytes = 20, version_3_bytes = 24;
  if (xattr.name != "security.capability" || xattr.value.size() != version_3_bytes || xattr.value[3] != 3) return;
  xattr.value.resize(version_2_bytes);
  xattr.value[3] = 2;
}

std::vector<Xattr> writable_xattrs(std::vector<Xattr> xattrs, const std::string& name) {
  std::erase_if(xattrs, [&](const Xattr& xattr) {
    const bool fits = !xattr.value.empty() && xattr.name.find('=') == std::string::npos;
    if (!fits)
      log::warning("/", printable(name), ": the extended attribute ", printable(xattr.name),
                   xattr.value.empty() ? " is empty" : " has a name", ", which a tar cannot hold: left out");
    return !fits;
  });
  for (Xattr& xattr : xattrs) plain_capability(xattr);
  return xattrs;
}

// Without following; a FIFO is not waited for, a device not opened.
Fd open_beneath(int root, const std::string& path, struct stat& status) {
  const SplitName split = split_name(path);
  constexpr std::uint64_t resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  const Fd folder =
      check(sys::openat2(root, split.folder.empty() ? "." : std::string(split.folder), O_PATH | O_DIRECTORY, resolve),
            "open its folder");
  Fd handle =
      check(sys::openat(folder.get(), split.leaf.empty() ? "." : std::string(split.leaf), O_PATH | O_NOFOLLOW), "open");
  status = check(sys::fstat(handle.get()), "stat");
  return handle;
}

std::vector<std::string> sorted_names(int folder) {
  const int fd = check(sys::openat(folder, ".", O_RDONLY | O_DIRECTORY), "open").release();
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::fdopendir(fd), ::closedir);
  if (!listing) fail_errno(Errno{errno}, "list");
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(listing.get()))
    if (const std::string_view name = entry->d_name; name != "." && name != "..") names.emplace_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

} // namespace

LayerBlob::LayerBlob(const spec::Layout& layout, spec::media::Compression compression)
    : compression_(compression), blob_(layout), compressor_(make_compressor(compression, blob_)) {}

void LayerBlob::write(Bytes tar) {
  diff_id_.update(tar);
  size_ += tar.size();
  compressor_->write(tar);
}

NewLayer LayerBlob::finish() {
  compressor_->finish();
  spec::BlobWriter::Written written = blob_.commit();
  NewLayer layer;
  layer.diff_id = diff_id_.finish();
  layer.descriptor.media_type = media_type_of(compression_);
  layer.descriptor.digest = std::move(written.digest);
  layer.descriptor.size = written.size;
  if (compression_ != spec::media::Compression::none)
    layer.descriptor.annotations.emplace(size_annotation, std::to_string(size_));
  return layer;
}

void LayerWriter::add(int root, const std::string& path, const std::string& name) {
  with_context(cat('/', printable(name)), [&] {
    check_stop(options_.stop_fd);
    refuse_whiteout_name(name);
    struct stat status {};
    const Fd handle = open_beneath(root, path, status);
    Member member = member_of(handle.get(), status, name);
    make_link_if_known(member, status);
    if (member.kind == Kind::file) member.size = static_cast<std::uint64_t>(status.st_size);
    tar_.begin(member);
    if (member.kind == Kind::file) copy(handle.get(), member.name);
    tar_.end();
  });
}

void LayerWriter::begin_file(int root, const std::string& path, std::uint64_t size) {
  with_context(cat('/', printable(path)), [&] {
    Member member = member_at(root, path);
    if (member.kind != Kind::file) fail("it is no file any more");
    member.size = size;
    tar_.begin(member);
  });
}

void LayerWriter::add_link(int root, const std::string& path, const std::string& target) {
  with_context(cat('/', printable(path)), [&] {
    Member member = member_at(root, path);
    member.kind = Kind::hard_link;
    member.target = target;
    tar_.begin(member);
    tar_.end();
  });
}

Member LayerWriter::member_at(int root, const std::string& path) const {
  check_stop(options_.stop_fd);
  struct stat status {};
  const Fd handle = open_beneath(root, path, status);
  return member_of(handle.get(), status, path);
}

Member LayerWriter::member_of(int fd, const struct stat& status, const std::string& name) const {
  Member member;
  member.name = name.empty() ? "." : S_ISDIR(status.st_mode) ? name + "/" : name;
  member.kind = kind_of(status.st_mode);
  member.mode = status.st_mode & 07777;
  member.mtime.tv_sec = options_.newest ? std::min<std::int64_t>(status.st_mtime, *options_.newest) : status.st_mtime;
  member.xattrs = writable_xattrs(layer_xattrs(read_xattrs(fd)), clean_name(member.name));
  set_owner(member, status);
  if (member.kind == Kind::char_device || member.kind == Kind::block_device) {
    member.major = ::major(status.st_rdev);
    member.minor = ::minor(status.st_rdev);
  }
  if (member.kind == Kind::symlink) member.target = check(sys::readlinkat(fd, ""), "read the link");
  return member;
}

void LayerWriter::make_link_if_known(Member& member, const struct stat& status) {
  if (member.kind == Kind::folder || status.st_nlink == 1) return;
  const auto [first, is_new] = links_.try_emplace({status.st_dev, status.st_ino}, member.name);
  if (is_new) return;
  member.kind = Kind::hard_link;
  member.target = first->second;
}

void LayerWriter::set_owner(Member& member, const struct stat& status) const {
  member.uid = map_in(options_.ids.uids, status.st_uid, options_.ids.rootless, "uid");
  member.gid = map_in(options_.ids.gids, status.st_gid, options_.ids.rootless, "gid");
  const auto kept = std::find_if(member.xattrs.begin(), member.xattrs.end(),
                                 [](const Xattr& xattr) { return xattr.name == kept_owner_name; });
  if (kept == member.xattrs.end()) return;
  if (!options_.ids.rootless && !options_.ids.user_namespace) return;
  if (const auto owner = decode_owner(kept->value)) {
    member.uid = owner->uid;
    member.gid = owner->gid;
  }
  member.xattrs.erase(kept);
}

void LayerWriter::copy(int handle, const std::string& name) {
  static thread_local std::vector<std::byte> buffer(buffer_bytes);
  const Fd fd = check(sys::open(cat("/proc/self/fd/", handle), O_RDONLY | O_NONBLOCK | O_NOCTTY), "open");
  while (const std::size_t count = check(sys::read(fd.get(), buffer.data(), buffer.size()), "read ", printable(name))) {
    tar_.write(Bytes(buffer).first(count));
    check_stop(options_.stop_fd);
  }
}

void LayerWriter::add_tree(int root, const std::string& path, const std::string& name) {
  std::vector<std::pair<std::string, std::string>> left = {{path, name}};
  while (!left.empty()) {
    const auto [from, to] = std::move(left.back());
    left.pop_back();
    struct stat status {};
    const Fd handle = with_context(printable(from), [&, &source = from] { return open_beneath(root, source, status); });
    if (S_ISSOCK(status.st_mode)) continue;
    add(root, from, to);
    if (!S_ISDIR(status.st_mode)) continue;
    const std::vector<std::string> names = sorted_names(handle.get());
    for (auto one = names.rbegin(); one != names.rend(); ++one)
      left.emplace_back(join_name(from, *one), join_name(to, *one));
  }
}

void LayerWriter::write_marker(const std::string& name) {
  Member member;
  member.name = name;
  tar_.begin(member);
  tar_.end();
}

void LayerWriter::whiteout(const std::string& name) {
  refuse_whiteout_name(name);
  const SplitName split = split_name(name);
  if (split.leaf.empty()) fail("the root cannot be removed");
  write_marker(join_name(split.folder, cat(whiteout_prefix, split.leaf)));
}

void LayerWriter::opaque(const std::string& folder) {
  refuse_whiteout_name(folder);
  write_marker(join_name(folder, ".wh..wh..opq"));
}

void write_changes(LayerWriter& layer, int root, const std::vector<Delta>& deltas) {
  // Its folder is gone, or is something else now.
  auto goes_with_its_folder = [&](const std::string& path) {
    const std::string folder(split_name(path).folder);
    const auto delta = std::lower_bound(deltas.begin(), deltas.end(), folder,
                                        [](const Delta& one, const std::string& name) { return one.path < name; });
    if (delta == deltas.end() || delta->path != folder) return false;
    return delta->kind == Delta::Kind::removed || delta->keys == std::vector<std::string>{"type"};
  };
  for (const Delta& delta : deltas) {
    if (delta.kind != Delta::Kind::removed) {
      layer.add(root, delta.path, delta.path);
    } else if (!goes_with_its_folder(delta.path)) {
      layer.whiteout(delta.path);
    }
  }
}

} // namespace oci::unpack
