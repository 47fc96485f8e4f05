// Files and folders by descriptor: read with a limit, write atomically, remove trees, locks, scratch folders.
#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <optional>
#include <string>
#include <string_view>
#include <sys/stat.h>

namespace oci {

// A regular file's content. Links are followed, other file types are refused without being waited on (FIFO, device).
std::string read_file(const std::string& path, std::size_t limit = 64u << 20);
// The same beneath a folder's descriptor; `flags` is added to the open (O_NOFOLLOW where the file is not the user's
// own).
std::string read_file_at(int dir, const std::string& path, std::size_t limit, int flags = 0);
// nullopt when it does not exist; everything else that goes wrong throws.
std::optional<std::string> read_file_if_exists(const std::string& path, std::size_t limit = 64u << 20);

enum class Durability { fast, synced }; // synced: file and folder are fsynced before the call returns

// Is there something, at the end of links, that is neither a regular file nor a folder: /dev/null, /dev/stdout, a FIFO?
bool is_special_file(const std::string& path);

// A file that a caller names for us to fill: written like write_file_atomic, but into what is there when that is a
// special file, which must not be replaced by a regular one.
void write_output_file(const std::string& path, std::string_view content, mode_t mode);

// Temporary name in the same folder, then rename: the file is the old one or the new one, never half.
void write_file_atomic(int dir, const std::string& name, std::string_view content, mode_t mode,
                       Durability durability = Durability::fast);

// mkdir -p; returns the folder opened O_PATH|O_DIRECTORY. Existing folders keep their mode.
Fd make_dirs(const std::string& path, mode_t mode = 0755);

// rm -rf beneath dir without following a link or leaving the file system tree by name; missing is fine. Iterative:
// depth is no limit. Mounts inside make it fail with EBUSY, nothing is unmounted. Unreadable folders are made readable.
Result<void> remove_tree(int dir, const std::string& name);

std::string absolute_path(std::string_view path); // against the current folder; no link is resolved
// Lexical: "//", "." removed, ".." applied; keeps relative paths relative.
std::string clean_path(std::string_view path);
std::string base_name(std::string_view path);
std::string parent_path(std::string_view path);

// flock on a file that is made when missing and never removed. Released by the destructor.
class FileLock {
public:
  enum class Mode { shared, exclusive };
  FileLock() = default;
  // Waits. `name` may hold no slash.
  static FileLock take(int dir, const std::string& name, Mode mode);
  // nullopt when somebody else holds it.
  static std::optional<FileLock> try_take(int dir, const std::string& name, Mode mode);
  int fd() const { return fd_.get(); }

private:
  explicit FileLock(Fd fd) : fd_(std::move(fd)) {}
  Fd fd_;
};

// A folder with a random name, removed with all that is in it by the destructor unless kept.
class TempDir {
public:
  // Beneath `parent`, name "<prefix>XXXXXX", mode 0700.
  TempDir(int parent, std::string prefix);
  TempDir(TempDir&&) noexcept;
  TempDir& operator=(TempDir&&) = delete;
  ~TempDir();
  int fd() const { return fd_.get(); }
  const std::string& name() const { return name_; }
  void keep() { name_.clear(); }

private:
  Fd parent_;
  Fd fd_;
  std::string name_;
};

// `bytes` random letters and digits, from getrandom.
std::string random_name(std::size_t length);

// $TMPDIR (when root or the caller owns it), else /var/tmp.
std::string big_temp_folder();

// An environment variable that names a path; ignored ("" returned) when we are privileged by sudo or setuid and the
// path is owned by neither root nor the caller.
std::string path_from_environment(const char* variable);

} // namespace oci
