// dir:PATH as a destination: each file of an image beside the others (containers-transports.5). Keeps everything as it
// is.
#include "base/sys.h"
#include "fetch/destinations.h"
#include "fetch/dir_files.h"

#include <dirent.h>

namespace oci::fetch {
namespace {

class DirBlob final : public DestinationBlob {
public:
  DirBlob(int folder, const std::string& path) : folder_(folder), path_(path) {
    std::string name = cat(".tmp-", random_name(16));
    file_ =
        check(sys::openat(folder_, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600), "create a blob in ", path_);
    name_ = std::move(name);
  }
  DirBlob(const DirBlob&) = delete;
  DirBlob& operator=(const DirBlob&) = delete;
  ~DirBlob() override {
    if (!name_.empty()) (void)sys::unlinkat(folder_, name_);
  }
  void write(Bytes bytes) override { check(write_all(file_.get(), as_text(bytes)), "write a blob in ", path_); }
  void restart() override {
    check(sys::ftruncate(file_.get(), 0), "empty a blob in ", path_);
    check(sys::lseek(file_.get(), 0, SEEK_SET), "rewind a blob in ", path_);
  }
  void commit(const spec::Descriptor& content) override {
    check(sys::fchmod(file_.get(), 0644), "chmod a blob in ", path_);
    check(sys::renameat(folder_, name_, folder_, dir_blob_name(content.digest)), "rename a blob in ", path_);
    name_.clear();
  }

private:
  int folder_;
  const std::string& path_;
  Fd file_;
  std::string name_;
};

std::vector<std::string> names_in(int folder, const std::string& path) {
  Fd listed = check(sys::openat(folder, ".", O_RDONLY | O_DIRECTORY), "open ", path);
  DIR* stream = ::fdopendir(listed.get());
  if (!stream) fail_errno({errno}, cat("read folder ", path));
  (void)listed.release();
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(stream)) {
    std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(std::move(name));
  }
  ::closedir(stream);
  return names;
}

class DirDestination final : public ImageDestination {
public:
  explicit DirDestination(const spec::ImageName& name) : path_(name.path), is_new_(!sys::stat(path_)) {
    if (is_new_) return;
    folder_ = check(sys::open(path_, O_RDONLY | O_DIRECTORY), "open ", path_);
    require_replaceable();
  }
  DirDestination(const DirDestination&) = delete;
  DirDestination& operator=(const DirDestination&) = delete;
  ~DirDestination() override {
    if (!prepared_ || finished_) return;
    try {
      empty_the_folder();
      if (is_new_) (void)sys::unlinkat(AT_FDCWD, path_, AT_REMOVEDIR);
    } catch (const Error&) { // what is left has no manifest.json, and no one takes it for an image
    }
  }

  const Abilities& abilities() const override { return abilities_; }
  bool has_blob(const spec::Descriptor& descriptor) override {
    prepare();
    Result<struct stat> found = sys::fstatat(folder_.get(), dir_blob_name(descriptor.digest));
    return found && S_ISREG(found->st_mode) && found->st_size == descriptor.size;
  }
  std::unique_ptr<DestinationBlob> begin_blob(const spec::Descriptor*, Kind) override {
    prepare();
    return std::make_unique<DirBlob>(folder_.get(), path_);
  }
  void put_document(const spec::Descriptor& descriptor, const std::string& bytes, Place place,
                    const std::string&) override {
    prepare();
    std::string name = place == Place::top ? "manifest.json" : cat(descriptor.digest.hex(), ".manifest.json");
    write_file_atomic(folder_.get(), name, bytes, 0644);
  }
  void finish() override { finished_ = true; }

private:
  // Only what says of itself that it is such a folder is replaced.
  void require_replaceable() const {
    if (names_in(folder_.get(), path_).empty()) return;
    bool ours = sys::fstatat(folder_.get(), "version").has_value() &&
                is_dir_version(read_file_at(folder_.get(), "version", 4096, O_NOFOLLOW));
    if (!ours) {
      fail("write dir:", path_, ": not a containers image directory, don't want to overwrite important data");
    }
  }

  // Not before there is something to put into it: an image that is not found costs nobody the one that was there.
  void prepare() {
    if (prepared_) return;
    if (is_new_) folder_ = check(sys::openat(make_dirs(path_).get(), ".", O_RDONLY | O_DIRECTORY), "open ", path_);
    empty_the_folder();
    prepared_ = true;
    write_file_atomic(folder_.get(), "version", dir_version, 0644);
  }

  void empty_the_folder() {
    for (const std::string& name : names_in(folder_.get(), path_))
      check(remove_tree(folder_.get(), name), "remove ", path_, "/", name);
  }

  const Abilities abilities_{.transport = "dir", .signatures = true};
  std::string path_;
  bool is_new_;
  Fd folder_;
  bool prepared_ = false, finished_ = false;
};

} // namespace

std::unique_ptr<ImageDestination> write_dir(const spec::ImageName& name) {
  return std::make_unique<DirDestination>(name);
}

} // namespace oci::fetch
