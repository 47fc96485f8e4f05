#include "unpack/tar_writer.h"

#include "base/error.h"
#include "base/text.h"
#include "unpack/names.h"
#include "unpack/tar_header.h"

#include <algorithm>
#include <array>
#include <map>

namespace oci::unpack {

namespace {

constexpr std::size_t name_size = 100, prefix_size = 155;
constexpr std::uint64_t largest_id = 07777777, largest_size = 077777777777;

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string ascii_of(std::string_view text) {
  std::string out;
  std::copy_if(text.begin(), text.end(), std::back_inserter(out),
               [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  return out;
}

struct UstarName {
  std::string_view prefix, name;
};

// Divided at a slash where it is too long for one field; nullopt when that cannot be.
std::optional<UstarName> ustar_name(std::string_view name) {
  if (!is_ascii(name)) return std::nullopt;
  if (name.size() <= name_size) return UstarName{{}, name};
  const std::size_t longest = std::min(prefix_size + 1, name.size() - (name.ends_with('/') ? 1 : 0));
  const std::size_t slash = name.substr(0, longest).rfind('/');
  if (slash == std::string_view::npos || slash == 0) return std::nullopt;
  const UstarName divided{name.substr(0, slash), name.substr(slash + 1)};
  if (divided.name.size() > name_size || divided.name.empty()) return std::nullopt;
  return divided;
}

char type_of(Kind kind) {
  switch (kind) {
  case Kind::hard_link:
    return '1';
  case Kind::symlink:
    return '2';
  case Kind::char_device:
    return '3';
  case Kind::block_device:
    return '4';
  case Kind::folder:
    return '5';
  case Kind::fifo:
    return '6';
  case Kind::file:
    break;
  }
  return '0';
}

// A header block in the making.
class Block {
public:
  Block() { bytes_.fill(0); }
  void text(std::size_t at, std::size_t size, std::string_view value) {
    std::copy_n(value.begin(), std::min(size, value.size()), bytes_.begin() + static_cast<std::ptrdiff_t>(at));
  }
  // Octal with leading zeros and a NUL. What does not fit is 0: the PAX header has it.
  void number(std::size_t at, std::size_t size, std::uint64_t value) {
    bytes_[at + size - 1] = '\0';
    for (std::size_t i = at + size - 1; i-- > at; value /= 8) bytes_[i] = static_cast<char>('0' + value % 8);
  }
  std::string_view finish() {
    text(148, 8, "        ");
    std::uint64_t sum = 0;
    for (const char c : bytes_) sum += static_cast<unsigned char>(c);
    number(148, 7, sum); // six digits, a NUL and the blank that is there
    return {bytes_.data(), bytes_.size()};
  }

private:
  std::array<char, tar_block> bytes_;
};

std::string pax_record(std::string_view key, std::string_view value) {
  const std::size_t rest = key.size() + value.size() + 3; // the blank, "=" and the new line
  std::size_t size = rest + std::to_string(rest).size();
  if (rest + std::to_string(size).size() != size) size = rest + std::to_string(size).size();
  return cat(size, ' ', key, '=', value, '\n');
}

using Records = std::map<std::string, std::string>;

bool fits_size(std::uint64_t size) { return size <= largest_size; }
bool fits_time(std::int64_t time) { return time >= 0 && static_cast<std::uint64_t>(time) <= largest_size; }

Records records_of(const Member& member) {
  Records records;
  if (!ustar_name(member.name)) records["path"] = member.name;
  if (member.target.size() > name_size || !is_ascii(member.target)) records["linkpath"] = member.target;
  if (member.kind == Kind::file && !fits_size(member.size)) records["size"] = std::to_string(member.size);
  if (member.uid > largest_id) records["uid"] = std::to_string(member.uid);
  if (member.gid > largest_id) records["gid"] = std::to_string(member.gid);
  if (!fits_time(member.mtime.tv_sec)) records["mtime"] = std::to_string(member.mtime.tv_sec);
  for (const Xattr& xattr : member.xattrs) records["SCHILY.xattr." + xattr.name] = xattr.value;
  // A header that follows others is not divided into prefix and name: it would be cut.
  if (!records.empty() && member.name.size() > name_size) records["path"] = member.name;
  return records;
}

std::uint64_t or_zero(std::uint64_t value, std::uint64_t most) { return value <= most ? value : 0; }

Block header_of(const Member& member, bool with_pax) {
  Block block;
  const auto ustar = with_pax ? std::nullopt : ustar_name(member.name);
  block.text(0, name_size, ustar ? std::string(ustar->name) : ascii_of(member.name));
  if (ustar) block.text(345, prefix_size, ustar->prefix);
  block.number(100, 8, member.mode);
  block.number(108, 8, or_zero(member.uid, largest_id));
  block.number(116, 8, or_zero(member.gid, largest_id));
  block.number(124, 12, member.kind == Kind::file ? or_zero(member.size, largest_size) : 0);
  block.number(136, 12, fits_time(member.mtime.tv_sec) ? static_cast<std::uint64_t>(member.mtime.tv_sec) : 0);
  const char type = type_of(member.kind);
  block.text(156, 1, {&type, 1});
  block.text(157, name_size, ascii_of(member.target));
  block.text(257, 8,
             std::string_view("ustar\0"
                              "00",
                              8));
  block.number(329, 8, member.major);
  block.number(337, 8, member.minor);
  return block;
}

std::size_t padding_of(std::uint64_t size) {
  return static_cast<std::size_t>((tar_block - size % tar_block) % tar_block);
}

// As Go's archive/tar has it: beneath a folder's own name, beside a file's; a leaf that has no ASCII is left out.
std::string pax_name(const std::string& name) {
  const std::size_t slash = name.rfind('/');
  const std::string folder = slash == name.npos ? "" : name.substr(0, slash + 1);
  return clean_name(ascii_of(cat(folder, "PaxHeaders.0/", name.substr(folder.size()))));
}

void pad(Sink& out, std::uint64_t size) {
  static constexpr std::array<std::byte, tar_block> zeros{};
  out.write(Bytes(zeros).first(padding_of(size)));
}

} // namespace

void TarWriter::write_pax(const Member& member) {
  std::string text;
  for (const auto& [key, value] : records_of(member)) text += pax_record(key, value);
  if (text.empty()) return;
  Block block;
  block.text(0, name_size, pax_name(member.name));
  for (const auto& [at, size] : {std::pair{100, 8}, {108, 8}, {116, 8}, {136, 12}})
    block.number(static_cast<std::size_t>(at), static_cast<std::size_t>(size), 0);
  block.number(124, 12, text.size());
  block.text(156, 1, "x");
  block.text(257, 8,
             std::string_view("ustar\0"
                              "00",
                              8));
  out_.write(as_bytes(block.finish()));
  out_.write(as_bytes(text));
  pad(out_, text.size());
}

void TarWriter::begin(const Member& member) {
  for (const std::string* text : {&member.name, &member.target})
    if (text->find('\0') != std::string::npos) fail("a name holds a NUL");
  constexpr std::uint32_t largest_device = 07777777;
  if (member.major > largest_device || member.minor > largest_device) fail("its device number does not fit a tar");
  write_pax(member);
  out_.write(as_bytes(header_of(member, !records_of(member).empty()).finish()));
  size_ = left_ = member.kind == Kind::file ? member.size : 0;
}

void TarWriter::write(Bytes content) {
  if (content.size() > left_) fail("it grows while it is read");
  left_ -= content.size();
  out_.write(content);
}

void TarWriter::end() {
  if (left_ > 0) fail("it shrinks while it is read");
  pad(out_, size_);
}

void TarWriter::finish() {
  static constexpr std::array<std::byte, 2 * tar_block> zeros{};
  out_.write(zeros);
}

} // namespace oci::unpack
