#include "fetch/output_file.h"

#include "base/files.h"
#include "base/io.h"
#include "base/sys.h"
#include "fetch/tar_writer.h"

#include <unistd.h>
#include <vector>

namespace oci::fetch {
namespace {

constexpr std::size_t copy_buffer = 256u << 10;

bool is_to_be_poured_into(const std::string& path) {
  if (path == "-" && ::isatty(STDOUT_FILENO) == 1)
    throw Error("write stdout: an archive is nothing for a terminal").with_hint("redirect it, or name a file");
  if (path == "-") return true;
  Result<struct stat> info = sys::stat(path);
  if (info && S_ISDIR(info->st_mode)) fail("write ", path, ": ", errno_text(EISDIR));
  return is_special_file(path);
}

} // namespace

OutputFile::OutputFile(std::string path, int scratch)
    : path_(std::move(path)), shown_(path_ == "-" ? "stdout" : path_), pours_(is_to_be_poured_into(path_)) {
  if (pours_) {
    file_ = nameless_file(scratch, shown_);
    return;
  }
  folder_ = check(sys::open(parent_path(path_), O_RDONLY | O_DIRECTORY), "open the folder of ", path_);
  Result<Fd> nameless = sys::openat(folder_.get(), ".", O_TMPFILE | O_RDWR, 0600);
  if (nameless) {
    file_ = std::move(*nameless);
    return;
  }
  std::string name = cat(".", base_name(path_), ".", random_name(8));
  file_ = check(sys::openat(folder_.get(), name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600), "create ", path_);
  temporary_ = std::move(name);
}

OutputFile::~OutputFile() {
  if (!temporary_.empty()) (void)sys::unlinkat(folder_.get(), temporary_);
}

void OutputFile::publish() {
  if (pours_) {
    if (path_ == "-") return pour(STDOUT_FILENO);
    Fd to = check(sys::open(path_, O_WRONLY | O_NOCTTY), "open ", path_);
    return pour(to.get());
  }
  check(sys::fchmod(file_.get(), 0644), "chmod ", path_);
  check(sys::fsync(file_.get()), "sync ", path_);
  if (temporary_.empty()) {
    std::string name = cat(".", base_name(path_), ".", random_name(8));
    check(sys::linkat(AT_FDCWD, cat("/proc/self/fd/", file_.get()), folder_.get(), name, AT_SYMLINK_FOLLOW), "name ",
          path_);
    temporary_ = std::move(name);
  }
  check(sys::renameat(folder_.get(), temporary_, folder_.get(), base_name(path_)), "rename to ", path_);
  temporary_.clear();
  check(sys::fsync(folder_.get()), "sync the folder of ", path_);
}

void OutputFile::pour(int to) {
  std::vector<std::byte> buffer(copy_buffer);
  off_t at = 0;
  while (std::size_t count = check(sys::pread(file_.get(), buffer.data(), buffer.size(), at), "read back ", shown_)) {
    check(write_all(to, as_text(Bytes(buffer).first(count))), "write ", shown_);
    at += static_cast<off_t>(count);
  }
}

} // namespace oci::fetch
