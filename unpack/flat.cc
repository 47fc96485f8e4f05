// The layers twice. First the extractor applies them as always, but for what is in the files: that is in the end a tree
// of all names, in which a file's length says which entry of the layers it is. Then they are read again, and each file
// whose entry is in that tree goes into the tar as it comes by.
#include "base/stop_signals.h"
#include "base/sys.h"
#include "base/text.h"
#include "unpack/names.h"
#include "unpack/path_index.h"
#include "unpack/unpack.h"

#include <algorithm>
#include <array>
#include <dirent.h>
#include <functional>
#include <memory>

namespace oci::unpack {

namespace {

// Each folder with what is wanted of it, in order. Nothing is followed: who made this tree had read what others wrote.
class Walk {
public:
  Walk(int root, int stop_fd) : root_(root), stop_fd_(stop_fd) {}

  std::function<void(const std::string&)> enter, leave;                    // folders, before and after what is in them
  std::function<bool(const std::string& path, const struct stat&)> wanted; // what is no folder; asked in no order
  std::function<void(const std::string& path, std::uint64_t entry)> found; // and what is

  void run();

private:
  struct Name {
    std::string text;
    bool is_folder;
    std::uint64_t entry;
  };
  struct Folder {
    std::string path;
    std::vector<Name> left; // the next one last
  };

  Folder read(const std::string& path) const;

  int root_, stop_fd_;
};

// Of a file of the skeleton; nothing else has one.
std::uint64_t entry_of(const struct stat& status) {
  return S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
}

Walk::Folder Walk::read(const std::string& path) const {
  constexpr std::uint64_t resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  check_stop(stop_fd_);
  Fd fd =
      check(sys::openat2(root_, path.empty() ? "." : path, O_RDONLY | O_DIRECTORY, resolve), "open /", printable(path));
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::fdopendir(fd.get()), ::closedir);
  if (!listing) fail_errno(Errno{errno}, cat("list /", printable(path)));
  const int folder = fd.release();
  Folder names{path, {}};
  while (const dirent* entry = ::readdir(listing.get())) {
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    const std::string full = join_name(path, name);
    const struct stat status = check(sys::fstatat(folder, name), "stat /", printable(full));
    const bool is_folder = S_ISDIR(status.st_mode);
    if (is_folder || (wanted && wanted(full, status))) names.left.push_back({name, is_folder, entry_of(status)});
  }
  std::sort(names.left.begin(), names.left.end(), [](const Name& a, const Name& b) { return a.text > b.text; });
  return names;
}

void Walk::run() {
  if (enter) enter("");
  for (std::vector<Folder> open = {read("")}; !open.empty();) {
    Folder& folder = open.back();
    if (folder.left.empty()) {
      if (leave) leave(folder.path);
      open.pop_back();
      continue;
    }
    const Name name = std::move(folder.left.back());
    folder.left.pop_back();
    const std::string path = join_name(folder.path, name.text);
    if (!name.is_folder) {
      found(path, name.entry);
      continue;
    }
    if (enter) enter(path);
    open.push_back(read(path));
  }
}

class FlatTar final : public FileReceiver {
public:
  FlatTar(int root, PathIndex& index, Sink& tar, const LayerOptions& options)
      : root_(root), stop_fd_(options.stop_fd), index_(index), tar_(tar, options) {}

  void add_folders();
  // All that is no file with content, and the other names of those.
  void add_others(bool with_folders);
  void finish();

  void begin(std::uint64_t entry, std::uint64_t size) override;
  void piece(std::uint64_t offset, Bytes bytes) override;
  void end() override;

private:
  void fill_to(std::uint64_t offset);
  void add_other(const std::string& path, std::uint64_t entry);

  int root_, stop_fd_;
  PathIndex& index_;
  LayerWriter tar_;
  std::uint64_t received_ = 0;
  // Of the file that is being received, unless no name leads to it.
  bool wanted_ = false;
  std::uint64_t size_ = 0, at_ = 0;
};

void FlatTar::add_folders() {
  Walk walk(root_, stop_fd_);
  walk.enter = [&](const std::string& path) { tar_.add(root_, path, path); };
  walk.run();
}

void FlatTar::add_others(bool with_folders) {
  Walk walk(root_, stop_fd_);
  walk.wanted = [](const std::string&, const struct stat& status) {
    return entry_of(status) == 0 || status.st_nlink > 1;
  };
  walk.found = [&](const std::string& path, std::uint64_t entry) { add_other(path, entry); };
  if (with_folders) walk.leave = [&](const std::string& path) { tar_.add(root_, path, path); };
  walk.run();
}

void FlatTar::add_other(const std::string& path, std::uint64_t entry) {
  if (entry == 0) return tar_.add(root_, path, path);
  const std::string first = index_.find(entry);
  if (path != first) tar_.add_link(root_, path, first);
}

void FlatTar::begin(std::uint64_t entry, std::uint64_t size) {
  const std::string path = index_.find(entry);
  wanted_ = !path.empty();
  if (!wanted_) return;
  size_ = size;
  at_ = 0;
  ++received_;
  tar_.begin_file(root_, path, size);
}

void FlatTar::piece(std::uint64_t offset, Bytes bytes) {
  if (!wanted_) return;
  fill_to(offset);
  tar_.write(bytes);
  at_ += bytes.size();
}

void FlatTar::end() {
  if (!wanted_) return;
  fill_to(size_);
  tar_.end();
  wanted_ = false;
}

void FlatTar::fill_to(std::uint64_t offset) {
  static constexpr std::array<std::byte, 64u << 10> zeros{};
  if (offset < at_ || offset > size_) fail("a file's pieces do not fit");
  while (at_ < offset) {
    check_stop(stop_fd_);
    const Bytes hole =
        Bytes(zeros).first(static_cast<std::size_t>(std::min<std::uint64_t>(offset - at_, zeros.size())));
    tar_.write(hole);
    at_ += hole.size();
  }
}

// Both readings are verified, so this is for a mistake of ours.
void FlatTar::finish() {
  if (received_ != index_.size()) fail("not all files were found again in the layers");
  tar_.finish();
}

} // namespace

struct FlatImage::State {
  State(const spec::Layout& layout_of_it, const spec::Image& image_of_it, int scratch, const Options& options)
      : layout(layout_of_it), image(image_of_it), layer_options{options.ids, std::nullopt, options.stop_fd},
        unpacker(scratch, options), index(scratch) {
    Progress silent;
    for (std::size_t i = 0; i < image.manifest.layers.size(); ++i)
      apply_stored(unpacker, layout, image.manifest.layers[i], image.config.rootfs.diff_ids[i], silent);
    unpacker.finish();
    root = check(sys::openat(scratch, "rootfs", O_PATH | O_DIRECTORY | O_NOFOLLOW), "open the skeleton");
    add_to_index();
  }

  void add_to_index() {
    Walk walk(root.get(), layer_options.stop_fd);
    walk.wanted = [&](const std::string& path, const struct stat& status) {
      if (const std::uint64_t entry = entry_of(status); entry > 0) index.put(entry, path);
      return false;
    };
    walk.run();
  }

  const spec::Layout& layout;
  const spec::Image& image;
  LayerOptions layer_options;
  Unpacker unpacker;
  PathIndex index; // of the files, by their entries
  Fd root;
};

FlatImage::FlatImage(const spec::Layout& layout, const spec::Image& image, int scratch, const Options& options) {
  check_layers(image.manifest, image.config);
  Options skeleton = options;
  skeleton.skeleton = true;
  state_ = std::make_unique<State>(layout, image, scratch, skeleton);
}

FlatImage::~FlatImage() = default;

void FlatImage::write(Sink& tar, const FlatOptions& options) {
  FlatTar out(state_->root.get(), state_->index, tar, state_->layer_options);
  if (options.folders_first) out.add_folders();
  for (std::size_t i = 0; i < state_->image.manifest.layers.size(); ++i)
    read_stored_again(state_->unpacker, state_->layout, state_->image.manifest.layers[i],
                      state_->image.config.rootfs.diff_ids[i], out);
  out.add_others(!options.folders_first);
  out.finish();
}

} // namespace oci::unpack
