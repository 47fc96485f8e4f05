#include "unpack/tar_reader.h"

#include "base/error.h"
#include "base/text.h"

#include <algorithm>
#include <limits>

namespace oci::unpack {

namespace {

constexpr std::uint32_t max_device_major = 0xfff, max_device_minor = 0xfffff; // the kernel's dev_t

std::uint64_t padding_of(std::uint64_t size) { return (tar_block - size % tar_block) % tar_block; }

std::uint32_t id_of(std::int64_t id, const char* what) {
  if (id < 0 || id >= std::numeric_limits<std::uint32_t>::max()) fail("tar: ", what, " ", id, " is out of range");
  return static_cast<std::uint32_t>(id);
}

std::uint32_t device_number(std::int64_t number, std::uint32_t most, const char* what) {
  if (number < 0 || number > most) fail("tar: device ", what, " ", number, " is out of range");
  return static_cast<std::uint32_t>(number);
}

std::vector<Extent> pair_up(const std::vector<std::uint64_t>& numbers) {
  if (numbers.size() % 2 != 0) fail("tar: malformed sparse map");
  std::vector<Extent> extents;
  extents.reserve(numbers.size() / 2);
  for (std::size_t i = 0; i < numbers.size(); i += 2) extents.push_back({numbers[i], numbers[i + 1]});
  return extents;
}

// Ascending, apart, within the file, and as much as is stored.
void check_map(const std::vector<Extent>& map, std::uint64_t size, std::uint64_t stored) {
  std::uint64_t end = 0, sum = 0;
  for (const Extent& extent : map) {
    bool fits = extent.offset >= end && extent.offset <= size && extent.size <= size - extent.offset;
    if (!fits) fail("tar: malformed sparse map");
    end = extent.offset + extent.size;
    sum += extent.size;
  }
  if (sum != stored) fail("tar: the sparse map does not fit what is stored");
}

} // namespace

bool TarReader::next(Member& member) {
  skip_content();
  std::optional<PaxHeader> pax;
  long_name_.reset();
  long_link_.reset();
  for (;;) {
    if (!read_header()) {
      if (pax || long_name_ || long_link_) fail("tar: ends after an extended header");
      return false;
    }
    switch (header_.type()) {
    case 'x':
      pax = parse_pax(read_special("pax header"));
      continue;
    case 'g':
      refuse_global(parse_pax(read_special("pax header")));
      continue;
    case 'L':
      long_name_ = read_special("long name").c_str();
      continue;
    case 'K':
      long_link_ = read_special("long link name").c_str();
      continue;
    default:
      break;
    }
    fill(member, pax ? *pax : PaxHeader());
    return true;
  }
}

// False at the end: no more bytes, or two zero blocks.
bool TarReader::read_header() {
  std::size_t size = stream_.read(header_.block);
  if (size == 0 || (size == tar_block && header_.is_zero() && at_end_marker())) return false;
  if (size < tar_block) fail("tar: unexpected end of the archive");
  if (!header_.checksum_is_right()) fail("tar: invalid header: the checksum is wrong");
  return true;
}

bool TarReader::at_end_marker() {
  std::size_t size = stream_.read(header_.block);
  if (size != 0 && !(size == tar_block && header_.is_zero())) fail("tar: something follows a single zero block");
  return true;
}

void TarReader::skip_content() {
  std::uint64_t rest = left_ + padding_;
  if (stream_.skip(rest) < rest && left_ > 0) fail("tar: unexpected end of the archive");
  left_ = padding_ = 0;
}

// The content of a header that is about the next one.
std::string TarReader::read_special(const char* what) {
  std::uint64_t size = header_.size();
  if (size > limits_.pax_record_bytes)
    fail("tar: ", what, " of ", size, " bytes, at most ", limits_.pax_record_bytes, "; --max-header allows more");
  std::string text(static_cast<std::size_t>(size), '\0');
  std::size_t got = stream_.read(std::as_writable_bytes(std::span(text)));
  std::uint64_t padding = padding_of(size);
  if (got < size || stream_.skip(padding) < padding) fail("tar: unexpected end of the archive");
  return text;
}

// Global headers are ignored as by all who unpack images; where that would change what a member is, it is refused.
void TarReader::refuse_global(const PaxHeader& global) const {
  bool harmless = !global.path && !global.link_path && !global.size && !global.uid && !global.gid && !global.mtime &&
                  global.xattrs.empty() && !global.sparse();
  if (!harmless) fail("tar: a global pax header that is more than a comment");
}

void TarReader::fill(Member& member, const PaxHeader& pax) {
  member.name = long_name_ ? *std::move(long_name_) : pax.path ? *pax.path : header_.name();
  member.target = long_link_ ? *std::move(long_link_) : pax.link_path ? *pax.link_path : header_.link_name();
  member.mode = static_cast<mode_t>(header_.mode() & 07777);
  member.uid = id_of(pax.uid ? *pax.uid : header_.uid(), "uid");
  member.gid = id_of(pax.gid ? *pax.gid : header_.gid(), "gid");
  member.mtime = pax.mtime ? *pax.mtime : timespec{header_.mtime(), 0};
  member.atime = pax.atime ? *pax.atime : member.mtime;
  member.xattrs = pax.xattrs;
  member.size = pax.size ? *pax.size : header_.size();
  member.data.reset();
  member.major = member.minor = 0;
  set_kind(member);
  if (member.kind != Kind::file) member.size = 0; // whatever the header says
  left_ = member.size;
  padding_ = padding_of(left_);
  offset_ = extent_ = extent_done_ = 0;
  sparse_ = nullptr;
  if (member.kind == Kind::file) set_sparse(member, pax);
}

void TarReader::set_kind(Member& member) {
  char type = header_.type();
  switch (type) {
  case '\0':
    member.kind = member.name.ends_with('/') ? Kind::folder : Kind::file;
    return;
  case '0':
  case '7': // "contiguous"
  case 'S':
    member.kind = Kind::file;
    return;
  case '1':
    member.kind = Kind::hard_link;
    return;
  case '2':
    member.kind = Kind::symlink;
    return;
  case '3':
  case '4':
    member.kind = type == '3' ? Kind::char_device : Kind::block_device;
    set_device(member);
    return;
  case '5':
    member.kind = Kind::folder;
    return;
  case '6':
    member.kind = Kind::fifo;
    return;
  default:
    fail("tar: ", printable(member.name), ": unknown type '", printable(std::string_view(&type, 1)), "'");
  }
}

void TarReader::set_device(Member& member) const {
  member.major = device_number(header_.device_major(), max_device_major, "major");
  member.minor = device_number(header_.device_minor(), max_device_minor, "minor");
}

void TarReader::set_sparse(Member& member, const PaxHeader& pax) {
  if (header_.type() == 'S') {
    member.size = header_.sparse_real_size();
    member.data = read_old_sparse_map();
  } else if (pax.sparse()) {
    if (pax.sparse_name && !long_name_) member.name = *pax.sparse_name;
    if (!pax.sparse_size) fail("tar: a sparse file without its size");
    member.size = *pax.sparse_size;
    bool form_1_0 = pax.sparse_major.value_or(0) == 1 && pax.sparse_minor.value_or(0) == 0;
    if (!form_1_0 && pax.sparse_major.value_or(0) != 0) fail("tar: unknown form of a sparse file");
    member.data = pair_up(form_1_0 ? read_sparse_map_1_0() : pax.sparse_map);
  } else {
    return;
  }
  check_map(*member.data, member.size, left_);
  sparse_ = &*member.data;
}

std::vector<Extent> TarReader::read_old_sparse_map() {
  std::vector<Extent> map;
  auto take = [&](std::size_t at, std::size_t count) {
    for (std::size_t i = 0; i < count && header_.sparse_entry_is_set(at + i * 24); ++i)
      map.push_back({header_.sparse_offset(at + i * 24), header_.sparse_bytes(at + i * 24)});
  };
  take(TarHeader::sparse_here, TarHeader::sparse_entries_here);
  for (bool more = header_.sparse_more(); more; more = header_.sparse_more_extended()) {
    if (map.size() * sizeof(Extent) > limits_.pax_record_bytes) fail("tar: sparse map too long");
    if (stream_.read(header_.block) < tar_block) fail("tar: unexpected end of the archive");
    take(0, TarHeader::sparse_entries_extended);
  }
  return map;
}

// Decimal numbers, one a line, in the first blocks of the content: how many pairs, then the pairs.
std::vector<std::uint64_t> TarReader::read_sparse_map_1_0() {
  std::vector<std::uint64_t> numbers;
  std::optional<std::uint64_t> count;
  std::string line;
  for (std::uint64_t total = tar_block;; total += tar_block) {
    std::array<char, tar_block> block;
    if (total > limits_.pax_record_bytes) fail("tar: sparse map too long");
    if (left_ < tar_block || stream_.read(std::as_writable_bytes(std::span(block))) < tar_block)
      fail("tar: malformed sparse map");
    left_ -= tar_block;
    for (char c : block) {
      if (c != '\n') {
        line += c;
        continue;
      }
      std::optional<std::uint64_t> number = parse_unsigned(line);
      if (!number || *number > INT64_MAX) fail("tar: malformed sparse map");
      line.clear();
      if (!count) {
        count = number;
      } else {
        numbers.push_back(*number);
      }
      if (numbers.size() / 2 == *count) return numbers;
    }
  }
}

std::optional<TarReader::Data> TarReader::read_data() {
  if (sparse_) {
    while (extent_ < sparse_->size() && extent_done_ == (*sparse_)[extent_].size) {
      ++extent_;
      extent_done_ = 0;
    }
  }
  if (left_ == 0) return std::nullopt;
  std::uint64_t limit = sparse_ ? (*sparse_)[extent_].size - extent_done_ : left_;
  Data data;
  data.offset = sparse_ ? (*sparse_)[extent_].offset + extent_done_ : offset_;
  data.piece = stream_.take(limit);
  if (data.piece.bytes.empty()) fail("tar: unexpected end of the archive");
  left_ -= data.piece.bytes.size();
  offset_ += data.piece.bytes.size();
  extent_done_ += data.piece.bytes.size();
  return data;
}

} // namespace oci::unpack
