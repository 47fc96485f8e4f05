#include "unpack/rootfs.h"

#include "base/files.h"
#include "base/sys.h"
#include "base/text.h"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <functional>
#include <memory>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace oci::unpack {

namespace {

constexpr std::size_t longest_path = 4095;
constexpr mode_t permission_bits = 0777, root_mode = 0755, implied_mode = 0755;

mode_t type_bits(Kind kind) {
  switch (kind) {
  case Kind::char_device:
    return S_IFCHR;
  case Kind::block_device:
    return S_IFBLK;
  default:
    return S_IFIFO;
  }
}

std::vector<std::string> names_in(int folder) {
  int fd = check(sys::openat(folder, ".", O_RDONLY | O_DIRECTORY), "open").release();
  std::unique_ptr<DIR, int (*)(DIR*)> listing(::fdopendir(fd), ::closedir);
  std::vector<std::string> names;
  if (!listing) fail_errno(Errno{errno}, "list");
  while (const dirent* entry = ::readdir(listing.get())) {
    std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  return names;
}

} // namespace

// Makes what must not exist; what does is removed.
template <class Make>
auto Rootfs::make_new(const Folder& folder, const std::string& leaf, Make&& make) {
  auto made = make();
  if (made || made.error() != EEXIST) return made;
  remove_existing(folder, leaf);
  return make();
}

Rootfs::Rootfs(int root, const Options& options, AttributeSetter& attributes, FileWriters& writers)
    : root_(root), options_(options), attributes_(attributes), writers_(writers),
      folders_(root, [this](const Folder& parent, const std::string& path) {
        count_skeleton(path, nullptr);
        record_.add_new_folder(path);
        note_implied_folder(parent.path, path);
      }) {
  first_layer_ = options.onto < 0;
  if (options.onto >= 0) attributes_.expect_inheritance();
  finishes_[""].mode = root_mode; // its time without an entry of its own: 0, as umoci has it
}

void Rootfs::apply(TarReader& tar) {
  record_ = LayerRecord(first_layer_);
  first_layer_ = false;
  Member member;
  while (tar.next(member)) {
    if (++entries_ > options_.limits.entries)
      fail("more than ", options_.limits.entries, " entries; --max-entries allows more");
    limit_memory();
    try {
      apply_member(tar, member);
    } catch (Error& error) {
      if (writers_.failed()) throw; // it names another file
      throw std::move(error).within(cat('/', printable(clean_name(member.name))));
    }
  }
  writers_.drain();
}

void Rootfs::apply_member(TarReader& tar, Member& member) {
  std::string path = clean_name(member.name);
  if (path.size() > longest_path) fail_errno(Errno{ENAMETOOLONG}, "name");
  const std::size_t deepest = options_.limits.path_depth;
  if (depth_of(path) > deepest) fail("more than ", deepest, " folders deep; --max-depth allows more");
  if (path.empty()) return apply_root(member);

  SplitName split = split_name(path);
  std::string leaf(split.leaf), parent(split.folder);
  if (is_beneath_whiteout(parent)) fail("beneath a whiteout");
  if (Marker marker = whiteout_of(leaf); marker.kind != Whiteout::none) {
    if (FolderRef folder = folders_.find(parent)) apply_whiteout(*folder, marker);
    return;
  }
  FolderRef folder = folders_.find_or_make(parent);
  std::string real_path = join_name(folder->path, leaf);
  if (real_path.size() > longest_path) fail_errno(Errno{ENAMETOOLONG}, "path");
  record_.add(real_path);
  count_skeleton(real_path, &member);
  switch (member.kind) {
  case Kind::file:
    return make_file(tar, *folder, leaf, member);
  case Kind::folder:
    return make_folder(*folder, leaf, real_path, member);
  case Kind::hard_link:
    return make_hard_link(*folder, leaf, member);
  default:
    return make_special(*folder, leaf, member);
  }
}

void Rootfs::apply_root(Member& member) {
  if (member.kind != Kind::folder) fail("the root must be a folder");
  Attributes attributes = attributes_of(member);
  note_folder("", attributes);
  attributes_.apply_to_existing(root_, attributes);
}

void Rootfs::apply_whiteout(const Folder& folder, const Marker& marker) {
  if (record_.is_new_folder(folder.path)) return;
  if (marker.kind == Whiteout::opaque) return empty_of_lower(folder);
  remove_lower(folder, std::string(marker.victim));
}

void Rootfs::make_file(TarReader& tar, const Folder& folder, const std::string& leaf, Member& member) {
  constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
  auto create = [&] { return sys::openat(folder.fd.get(), leaf, flags, mode_to_make(member.mode, S_IRUSR | S_IWUSR)); };
  Fd fd = check(make_new(folder, leaf, create), "create");
  auto file = std::make_shared<NewFile>(std::move(fd), member.name, attributes_of(member));
  if (options_.skeleton) {
    count_content(member.size);
    file->set_sparse_size(entries_);
    return writers_.finish(file);
  }
  if (member.data) file->set_sparse_size(member.size);
  while (std::optional<TarReader::Data> data = tar.read_data()) {
    count_content(data->piece.bytes.size());
    writers_.write(file, data->offset, std::move(data->piece));
  }
  writers_.finish(file);
}

void Rootfs::count_content(std::uint64_t bytes) {
  if (bytes > options_.limits.bytes - bytes_)
    fail("more than ", options_.limits.bytes, " bytes of content; --max-bytes allows more");
  bytes_ += bytes;
}

// What it takes where inodes are in memory, roughly: what was removed since counts as well.
void Rootfs::count_skeleton(const std::string& path, const Member* member) {
  if (!options_.skeleton) return;
  constexpr std::uint64_t inode_bytes = 1024, short_target = 127, page_bytes = 4096; // tmpfs(5)
  std::uint64_t bytes = inode_bytes + path.size();
  if (member) {
    bytes += member->target.size() > short_target ? page_bytes : 0;
    for (const Xattr& xattr : member->xattrs) bytes += xattr.name.size() + xattr.value.size();
  }
  if (bytes > options_.skeleton_bytes - skeleton_bytes_) fail_errno(Errno{ENOSPC}, "make a skeleton");
  skeleton_bytes_ += bytes;
}

void Rootfs::make_folder(const Folder& parent, const std::string& leaf, const std::string& path, Member& member) {
  Attributes attributes = attributes_of(member);
  const mode_t mode = mode_to_make(member.mode, S_IRWXU);
  Result<void> made = sys::mkdirat(parent.fd.get(), leaf, mode);
  bool merge = false;
  if (!made && made.error() == EEXIST) {
    mode_t there = check(sys::fstatat(parent.fd.get(), leaf), "stat").st_mode;
    merge = S_ISDIR(there);
    if (S_ISLNK(there) && options_.keep_dirlinks) {
      if (FolderRef linked = linked_folder(path)) return merge_folder(*linked, attributes);
    }
    if (!merge) {
      remove_existing(parent, leaf);
      made = sys::mkdirat(parent.fd.get(), leaf, mode);
    }
  }
  if (!merge) check(std::move(made), "make folder");
  Fd fd = check(sys::openat(parent.fd.get(), leaf, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), "open");
  note_folder(path, attributes);
  if (merge) {
    attributes_.apply_to_existing(fd.get(), attributes);
  } else {
    record_.add_new_folder(path);
    attributes_.apply_to_new(fd.get(), attributes);
  }
  folders_.remember(std::move(fd), path);
}

// Where a link leads that a folder's entry is to leave alone; nullptr when that is no folder.
FolderRef Rootfs::linked_folder(const std::string& path) {
  try {
    return folders_.find(path);
  } catch (const Error&) { // a loop
    return nullptr;
  }
}

void Rootfs::merge_folder(const Folder& folder, Attributes& attributes) {
  Fd fd = check(sys::openat(folder.fd.get(), ".", O_RDONLY | O_DIRECTORY), "open");
  note_folder(folder.path, attributes);
  attributes_.apply_to_existing(fd.get(), attributes);
}

void Rootfs::make_hard_link(const Folder& folder, const std::string& leaf, const Member& member) {
  std::string target = clean_name(member.target);
  SplitName split = split_name(target);
  std::string target_leaf(split.leaf), context = cat("link to /", printable(target));
  FolderRef target_folder = target.empty() ? nullptr : folders_.find(std::string(split.folder));
  if (!target_folder) fail_errno(Errno{ENOENT}, context);
  struct stat there = check(sys::fstatat(target_folder->fd.get(), target_leaf), context);
  if (S_ISDIR(there.st_mode)) fail_errno(Errno{EISDIR}, context);
  Result<struct stat> here = sys::fstatat(folder.fd.get(), leaf);
  if (here && here->st_dev == there.st_dev && here->st_ino == there.st_ino) return; // it is there, or links to itself
  auto link = [&] { return sys::linkat(target_folder->fd.get(), target_leaf, folder.fd.get(), leaf); };
  check(make_new(folder, leaf, link), context);
}

void Rootfs::make_special(const Folder& folder, const std::string& leaf, Member& member) {
  bool is_device = member.kind == Kind::char_device || member.kind == Kind::block_device;
  if (is_device && attributes_.makes_no_devices()) return make_instead_of_device(folder, leaf, member);
  Attributes attributes = attributes_of(member);
  bool is_link = member.kind == Kind::symlink;
  auto make = [&] {
    if (is_link) return sys::symlinkat(member.target, folder.fd.get(), leaf);
    mode_t mode = type_bits(member.kind) | (member.mode & permission_bits);
    return sys::mknodat(folder.fd.get(), leaf, mode, ::makedev(member.major, member.minor));
  };
  Result<void> made = make_new(folder, leaf, make);
  if (!made && made.error() == EPERM && is_device && attributes_.in_user_namespace())
    return make_instead_of_device(folder, leaf, member);
  check(std::move(made), is_link ? "make symlink" : "make node");
  attributes_.apply_by_name(folder.fd.get(), leaf, is_link, attributes);
}

// What cannot be made without rights is there by name, and nobody takes it for the device.
void Rootfs::make_instead_of_device(const Folder& folder, const std::string& leaf, Member& member) {
  constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
  auto create = [&] { return sys::openat(folder.fd.get(), leaf, flags, mode_to_make(0, S_IRUSR | S_IWUSR)); };
  Fd fd = check(make_new(folder, leaf, create), "create");
  member.kind = Kind::file;
  member.mode = 0;
  attributes_.apply_to_new(fd.get(), attributes_of(member));
}

// Who may not overrule modes needs some until the end.
mode_t Rootfs::mode_to_make(mode_t mode, mode_t needed) const {
  return (mode & permission_bits) | (attributes_.defers_modes() ? needed : 0);
}

void Rootfs::remove_existing(const Folder& folder, const std::string& leaf) {
  Result<struct stat> status = sys::fstatat(folder.fd.get(), leaf);
  if (!status && status.error() == ENOENT) return;
  mode_t mode = check(std::move(status), "stat").st_mode;
  if (S_ISDIR(mode) || S_ISLNK(mode)) folders_.forget();
  check(remove_tree(folder.fd.get(), leaf), "remove what was there");
}

// Removes `leaf` and what is beneath it, but for what this layer has put there.
void Rootfs::remove_lower(const Folder& folder, const std::string& leaf) {
  std::vector<std::pair<FolderRef, std::string>> rest;
  const Folder* in = &folder;
  std::string name = leaf;
  FolderRef keep;
  for (;;) {
    std::string path = join_name(in->path, name);
    if (!record_.holds(path)) {
      remove_existing(*in, name);
    } else if (!record_.is_new_folder(path)) {
      Result<Fd> fd = sys::openat(in->fd.get(), name, O_PATH | O_DIRECTORY | O_NOFOLLOW);
      if (fd) {
        auto inner = std::make_shared<const Folder>(Folder{std::move(*fd), path});
        for (std::string& child : names_in(inner->fd.get())) rest.emplace_back(inner, std::move(child));
      }
    }
    if (rest.empty()) return;
    keep = std::move(rest.back().first);
    name = std::move(rest.back().second);
    rest.pop_back();
    in = keep.get();
  }
}

void Rootfs::empty_of_lower(const Folder& folder) {
  for (const std::string& name : names_in(folder.fd.get())) remove_lower(folder, name);
}

Attributes Rootfs::attributes_of(Member& member) {
  if (member.mode & S_ISGID && member.kind == Kind::folder) attributes_.expect_inheritance();
  Attributes attributes{member.mode,  member.uid,   member.gid,
                        member.atime, member.mtime, storable_xattrs(std::move(member.xattrs), options_)};
  attributes_.place_owner(attributes, member.kind == Kind::file || member.kind == Kind::folder);
  return attributes;
}

// Takes out of `attributes` what has to wait.
void Rootfs::note_folder(const std::string& path, Attributes& attributes) {
  Finish finish = attributes;
  finish.xattrs.clear();
  attributes.mode |= attributes_.defers_modes() ? S_IRWXU : 0;
  auto is_default_acl = [](const Xattr& xattr) { return xattr.name == "system.posix_acl_default"; };
  auto acl = std::stable_partition(attributes.xattrs.begin(), attributes.xattrs.end(), std::not_fn(is_default_acl));
  finish.xattrs.assign(std::make_move_iterator(acl), std::make_move_iterator(attributes.xattrs.end()));
  attributes.xattrs.erase(acl, attributes.xattrs.end());
  auto [noted, is_new] = finishes_.try_emplace(path);
  if (is_new) finishes_bytes_ += path.capacity() + sizeof *noted + sizeof(void*) * 4;
  for (const Xattr& xattr : finish.xattrs) finishes_bytes_ += xattr.value.size() + sizeof xattr;
  noted->second = std::move(finish);
}

// No entry, so the time is now's; as everybody has it, its parent's, too. A skeleton is the same whenever it is made.
void Rootfs::note_implied_folder(const std::string& parent, const std::string& path) {
  const timespec time = {0, options_.skeleton ? 0 : UTIME_OMIT};
  if (auto noted = finishes_.find(parent); noted != finishes_.end()) noted->second.atime = noted->second.mtime = time;
  if (!options_.skeleton) {
    finishes_.erase(path);
    return;
  }
  Attributes attributes;
  attributes.mode = implied_mode;
  attributes.atime = attributes.mtime = time;
  note_folder(path, attributes);
}

void Rootfs::limit_memory() const {
  if (finishes_bytes_ + record_.bytes() <= options_.limits.memory) return;
  fail("more folders and names than ", human_bytes(options_.limits.memory),
       " of memory hold; --max-memory allows more");
}

void Rootfs::finish() {
  std::vector<const std::string*> paths;
  paths.reserve(finishes_.size());
  for (const auto& [path, finish] : finishes_) paths.push_back(&path);
  if (attributes_.defers_modes()) // what is beneath a folder first, while the folder is open
    std::sort(paths.begin(), paths.end(), [](auto* a, auto* b) { return a->size() > b->size(); });
  for (const std::string* path : paths)
    with_context(cat('/', printable(*path)), [&] { finish_folder(*path, finishes_.at(*path)); });
}

void Rootfs::finish_folder(const std::string& path, const Finish& finish) {
  constexpr std::uint64_t resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS;
  Result<Fd> fd = sys::openat2(root_, path.empty() ? "." : path, O_RDONLY | O_DIRECTORY, resolve);
  if (!fd && (fd.error() == ENOENT || fd.error() == ENOTDIR || fd.error() == ELOOP)) return; // removed since
  attributes_.finish_folder(check(std::move(fd), "open").get(), finish);
}

} // namespace oci::unpack
