#include "fetch/tar_file.h"

#include "base/files.h"
#include "base/sys.h"
#include "fetch/archive_functions.h"
#include "fetch/archive_reader.h"
#include "fetch/tar_writer.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace oci::fetch {
namespace {

constexpr std::size_t max_members = 100'000;
constexpr std::size_t max_member_name = 4096;
constexpr std::size_t max_names_together = 32u << 20;
constexpr std::size_t copy_buffer = 256u << 10;
constexpr std::size_t tar_block = 512;
constexpr std::uint64_t max_spooled = 256ULL << 30; // as much as one image may unpack to

// Its own place in a file that others read too.
class FileInput final : public ArchiveInput {
public:
  FileInput(int fd, std::string name, std::uint64_t position, std::uint64_t size)
      : fd_(fd), name_(std::move(name)), position_(position), size_(size) {}
  std::size_t read(std::span<std::byte> into) override {
    std::size_t count = check(sys::pread(fd_, into.data(), into.size(), static_cast<off_t>(position_)), "read ", name_);
    position_ += count;
    return count;
  }
  std::uint64_t skip(std::uint64_t bytes) override {
    std::uint64_t count = std::min(bytes, size_ - std::min(position_, size_));
    position_ += count;
    return count;
  }

private:
  int fd_;
  std::string name_;
  std::uint64_t position_, size_;
};

class StreamInput final : public ArchiveInput {
public:
  StreamInput(int fd, std::string name) : source_(fd, std::move(name)) {}
  std::size_t read(std::span<std::byte> into) override { return source_.read(into); }

private:
  FdSource source_;
};

class SourceInput final : public ArchiveInput {
public:
  explicit SourceInput(std::unique_ptr<Source> source) : source_(std::move(source)) {}
  std::size_t read(std::span<std::byte> into) override { return source_->read(into); }

private:
  std::unique_ptr<Source> source_;
};

std::unique_ptr<ArchiveInput> whole_file(int fd, const std::string& name) {
  struct stat info = check(sys::fstat(fd), "stat ", name);
  return std::make_unique<FileInput>(fd, name, 0, static_cast<std::uint64_t>(info.st_size));
}

class MemberSource final : public Source {
public:
  MemberSource(std::unique_ptr<ArchiveInput> input, const std::string& name, std::int64_t size)
      : reader_(std::move(input), ArchiveReader::Kind::tar, name) {
    archive_entry* entry = reader_.next();
    if (!entry || libarchive::entry_size(entry) != size) fail("read ", name, ": it changed meanwhile");
  }
  std::size_t read(std::span<std::byte> into) override { return reader_.read(into); }

private:
  ArchiveReader reader_;
};

// "./blobs/x" and "blobs/x" are the same member.
std::string_view plain_name(std::string_view name) {
  while (name.starts_with("./")) name.remove_prefix(2);
  return name;
}

// By the checksum of its first header, so that no other stream is copied without end (tar(5)).
bool begins_a_tar(std::string_view bytes) {
  constexpr std::size_t sum_at = 148, sum_size = 8;
  if (bytes.size() < tar_block) return false;
  std::string header(bytes.substr(0, tar_block));
  const std::string said = header.substr(sum_at, sum_size);
  header.replace(sum_at, sum_size, sum_size, ' ');
  unsigned long sum = 0;
  for (char c : header) sum += static_cast<unsigned char>(c);
  return std::strtoul(said.c_str(), nullptr, 8) == sum;
}

Fd spool(std::unique_ptr<ArchiveInput> input, const std::string& path, int scratch) {
  Fd file = nameless_file(scratch, path);
  std::unique_ptr<Source> bytes = decompress(std::move(input), path);
  std::vector<std::byte> buffer(copy_buffer);
  std::uint64_t size = 0;
  while (std::size_t count = bytes->read(buffer)) {
    if (size == 0 && !begins_a_tar(as_text(Bytes(buffer).first(count)))) fail("read ", path, ": not a tar archive");
    size += count;
    if (size > max_spooled) fail("read ", path, ": larger than ", human_bytes(max_spooled), " when decompressed");
    check(write_all(file.get(), as_text(Bytes(buffer).first(count))), "write the decompressed ", path);
  }
  return file;
}

bool is_compressed(int fd, const std::string& path) {
  ArchiveReader reader(whole_file(fd, path), ArchiveReader::Kind::compressed, path);
  return reader.next() != nullptr && reader.is_compressed();
}

bool is_regular(int fd, const std::string& path) { return S_ISREG(check(sys::fstat(fd), "stat ", path).st_mode); }

std::string shown_path(const std::string& path) { return path == "-" ? "stdin" : path; }

Fd plain_file(Fd file, const std::string& name, int scratch) {
  if (!is_regular(file.get(), name)) return spool(std::make_unique<StreamInput>(file.get(), name), name, scratch);
  return is_compressed(file.get(), name) ? spool(whole_file(file.get(), name), name, scratch) : std::move(file);
}

Fd duplicate(int fd, const std::string& name) {
  return Fd(check(sys::result(::fcntl(fd, F_DUPFD_CLOEXEC, 0)), "duplicate ", name));
}

// A pipe gives its bytes once, and an archive is opened for each of its images.
Fd open_stdin(int scratch) {
  static const Fd file = plain_file(duplicate(STDIN_FILENO, "stdin"), "stdin", scratch);
  return duplicate(file.get(), "stdin");
}

Fd open_plain(const std::string& path, int scratch) {
  if (path == "-") return open_stdin(scratch);
  return plain_file(check(sys::open(path, O_RDONLY | O_NOCTTY), "open ", path), path, scratch);
}

std::string text_or_empty(const char* text) { return text ? text : ""; }

// A hard link names a member, a symbolic link a path seen from its own folder.
std::string link_target(archive_entry* entry, std::string_view name) {
  if (std::string hard = text_or_empty(libarchive::entry_hardlink(entry)); !hard.empty()) {
    return std::string(plain_name(hard));
  }
  std::string target = text_or_empty(libarchive::entry_symlink(entry));
  if (target.empty() || target.starts_with('/')) return "";
  auto slash = name.rfind('/');
  std::string_view folder = slash == std::string_view::npos ? "." : name.substr(0, slash);
  return clean_path(cat(folder, "/", target));
}

} // namespace

TarFile::TarFile(const std::string& path, int scratch) : TarFile(open_plain(path, scratch), shown_path(path)) {}

TarFile::TarFile(Fd file, std::string name) : path_(std::move(name)), file_(std::move(file)) { read_headers(); }

void TarFile::read_headers() {
  ArchiveReader reader(whole_file(file_.get(), path_), ArchiveReader::Kind::tar, path_);
  std::size_t count = 0, name_bytes = 0;
  while (archive_entry* entry = reader.next()) {
    if (++count > max_members) fail("read ", path_, ": more than ", max_members, " members");
    std::string path_name = text_or_empty(libarchive::entry_pathname(entry));
    std::string_view name = plain_name(path_name);
    if (name.size() > max_member_name) fail("read ", path_, ": a member's name is longer than ", max_member_name);
    Member member{reader.member_position(), libarchive::entry_size(entry), link_target(entry, name)};
    bool is_file = libarchive::entry_filetype(entry) == AE_IFREG && libarchive::entry_sparse_count(entry) == 0;
    if (name.empty() || (!is_file && member.link.empty())) continue;
    name_bytes += name.size() + member.link.size();
    if (name_bytes > max_names_together) fail("read ", path_, ": its members' names are too long");
    members_.insert_or_assign(std::string(name), std::move(member));
  }
}

const TarFile::Member* TarFile::find(std::string_view name) const {
  auto found = members_.find(plain_name(name));
  if (found != members_.end() && !found->second.link.empty()) found = members_.find(found->second.link);
  return found == members_.end() || !found->second.link.empty() ? nullptr : &found->second;
}

const TarFile::Member& TarFile::get(std::string_view name) const {
  if (const Member* member = find(name)) return *member;
  fail("read ", path_, ": no member ", printable(name));
}

std::string TarFile::read(std::string_view name, std::size_t limit) const {
  const Member& member = get(name);
  std::string shown = cat(printable(name), " of ", path_);
  if (member.size < 0 || static_cast<std::uint64_t>(member.size) > limit) {
    fail("read ", shown, ": larger than ", human_bytes(limit));
  }
  std::unique_ptr<Source> source = open(member);
  std::string text(static_cast<std::size_t>(member.size), '\0');
  std::size_t at = 0;
  std::span<std::byte> room = std::as_writable_bytes(std::span(text));
  while (at < room.size()) {
    std::size_t count = source->read(room.subspan(at));
    if (count == 0) fail("read ", shown, ": ends after ", at, " of ", text.size(), " bytes");
    at += count;
  }
  return text;
}

std::unique_ptr<Source> TarFile::open(const Member& member) const {
  std::uint64_t end = check(sys::fstat(file_.get()), "stat ", path_).st_size;
  auto input = std::make_unique<FileInput>(file_.get(), path_, member.position, end);
  return std::make_unique<MemberSource>(std::move(input), path_, member.size);
}

std::unique_ptr<Source> TarFile::open_decompressed(const Member& member) const {
  return decompress(std::make_unique<SourceInput>(open(member)), path_);
}

} // namespace oci::fetch
