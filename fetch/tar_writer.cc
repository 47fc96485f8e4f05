#include "fetch/tar_writer.h"

#include "base/files.h"
#include "base/sys.h"

#include <cstring>
#include <vector>

namespace oci::fetch {
namespace {

constexpr std::uint64_t block = 512;
constexpr std::size_t copy_buffer = 256u << 10;

std::uint64_t padded(std::uint64_t size) { return (size + block - 1) / block * block; }

// POSIX ustar (pax(1)). All names here fit: the longest is "blobs/sha512/" and 128 digits, which is divided.
struct Header {
  char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100], magic[6], version[2],
      user[32], group[32], major[8], minor[8], prefix[155], unused[12];
};
static_assert(sizeof(Header) == block);

template <std::size_t N>
void put_octal(char (&field)[N], std::uint64_t value) {
  for (std::size_t i = N - 1; i-- > 0; value >>= 3) field[i] = static_cast<char>('0' + (value & 7));
}

// Beyond what 11 octal digits hold: base 256, as GNU tar has it.
void put_size(char (&field)[12], std::uint64_t size) {
  if (size < (std::uint64_t{1} << 33)) return put_octal(field, size);
  for (std::size_t i = 12; i-- > 4; size >>= 8) field[i] = static_cast<char>(size & 0xff);
  field[0] = static_cast<char>(0x80);
}

template <std::size_t N>
void put_text(char (&field)[N], std::string_view text, const std::string& archive) {
  if (text.size() > N) fail("write ", archive, ": the name ", printable(text, 200), " is too long");
  std::memcpy(field, text.data(), text.size());
}

void put_name(Header& header, std::string_view name, const std::string& archive) {
  std::size_t slash = name.size() > sizeof(header.name) ? name.rfind('/', name.size() - 2) : std::string_view::npos;
  if (slash != std::string_view::npos) {
    put_text(header.prefix, name.substr(0, slash), archive);
    name.remove_prefix(slash + 1);
  }
  put_text(header.name, name, archive);
}

} // namespace

// Bytes go to their place.
class TarWriter::Placed final : public Member {
public:
  Placed(TarWriter& tar, std::uint64_t size) : tar_(tar), header_(tar.reserve(size)), size_(size) {}
  void write(Bytes bytes) override {
    if (bytes.size() > size_ - done_) fail("write ", tar_.name_, ": a member is larger than was said");
    tar_.write_at(header_ + block + done_, bytes);
    done_ += bytes.size();
  }
  void restart() override { done_ = 0; }
  void commit(const std::string& name, mode_t mode) override {
    if (done_ != size_) fail("write ", tar_.name_, ": ", name, " has ", done_, " of ", size_, " bytes");
    tar_.put_header(header_, name, '0', size_, mode, "");
  }

private:
  TarWriter& tar_;
  std::uint64_t header_, size_, done_ = 0;
};

// Its header has to say the size, so it waits in a file of its own.
class TarWriter::Waiting final : public Member {
public:
  explicit Waiting(TarWriter& tar) : tar_(tar), file_(nameless_file(tar.scratch_, tar.name_)) {}
  void write(Bytes bytes) override {
    check(write_all(file_.get(), as_text(bytes)), "write a temporary file for ", tar_.name_);
    size_ += bytes.size();
  }
  void restart() override {
    check(sys::ftruncate(file_.get(), 0), "empty a temporary file for ", tar_.name_);
    check(sys::lseek(file_.get(), 0, SEEK_SET), "rewind a temporary file for ", tar_.name_);
    size_ = 0;
  }
  void commit(const std::string& name, mode_t mode) override { tar_.append(file_.get(), size_, name, mode); }

private:
  TarWriter& tar_;
  Fd file_;
  std::uint64_t size_ = 0;
};

std::unique_ptr<TarWriter::Member> TarWriter::begin(std::uint64_t size) {
  return std::make_unique<Placed>(*this, size);
}
std::unique_ptr<TarWriter::Member> TarWriter::begin() { return std::make_unique<Waiting>(*this); }

void TarWriter::add_file(const std::string& name, std::string_view content, mode_t mode) {
  Placed member(*this, content.size());
  member.write(as_bytes(content));
  member.commit(name, mode);
}

void TarWriter::add_folder(const std::string& name) { put_header(reserve(0), name, '5', 0, 0755, ""); }

void TarWriter::add_link(const std::string& name, const std::string& target) {
  put_header(reserve(0), name, '2', 0, 0777, target);
}

void TarWriter::finish() {
  const std::vector<std::byte> zeros(2 * block);
  write_at(end_, zeros);
}

std::uint64_t TarWriter::reserve(std::uint64_t size) {
  std::uint64_t at = end_;
  end_ += block + padded(size);
  return at;
}

void TarWriter::put_header(std::uint64_t at, const std::string& name, char type, std::uint64_t size, mode_t mode,
                           const std::string& target) {
  Header header{};
  put_name(header, name, name_);
  put_octal(header.mode, mode);
  put_octal(header.uid, 0);
  put_octal(header.gid, 0);
  put_size(header.size, size);
  put_octal(header.mtime, 0);
  header.type = type;
  put_text(header.link, target, name_);
  std::memcpy(header.magic, "ustar", sizeof(header.magic));
  std::memcpy(header.version, "00", sizeof(header.version));
  put_octal(header.major, 0);
  put_octal(header.minor, 0);
  std::memset(header.checksum, ' ', sizeof(header.checksum));
  unsigned sum = 0;
  for (std::byte byte : std::as_bytes(std::span(&header, 1))) sum += std::to_integer<unsigned>(byte);
  char text[7] = {};
  put_octal(text, sum);
  std::memcpy(header.checksum, text, sizeof(text));
  write_at(at, std::as_bytes(std::span(&header, 1)));
}

void TarWriter::write_at(std::uint64_t at, Bytes bytes) {
  while (!bytes.empty()) {
    std::size_t count = check(sys::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(at)), "write ", name_);
    bytes = bytes.subspan(count);
    at += count;
  }
}

void TarWriter::append(int file, std::uint64_t size, const std::string& name, mode_t mode) {
  Placed member(*this, size);
  std::vector<std::byte> buffer(copy_buffer);
  std::uint64_t at = 0;
  while (at < size) {
    std::size_t count =
        check(sys::pread(file, buffer.data(), buffer.size(), static_cast<off_t>(at)), "read back ", name);
    if (count == 0) fail("read back ", name, ": it ends after ", at, " of ", size, " bytes");
    member.write(Bytes(buffer).first(count));
    at += count;
  }
  member.commit(name, mode);
}

Fd nameless_file(int folder, const std::string& purpose) {
  Result<Fd> file = sys::openat(folder, ".", O_TMPFILE | O_RDWR, 0600);
  if (file) return std::move(*file);
  std::string name = cat("archive-", random_name(12));
  Fd named = check(sys::openat(folder, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600),
                   "create a temporary file for ", purpose);
  check(sys::unlinkat(folder, name), "unlink a temporary file for ", purpose);
  return named;
}

} // namespace oci::fetch
