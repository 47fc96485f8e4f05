#include "unpack/pax.h"

#include "base/error.h"
#include "base/text.h"

#include <algorithm>

namespace oci::unpack {

namespace {

constexpr std::string_view xattr_prefix = "SCHILY.xattr.";

struct Record {
  std::string_view key, value;
};

// Takes "30 mtime=1350244992.023960108\n" off the front of `text`; the number counts the whole record.
Record take_record(std::string_view& text) {
  std::size_t blank = std::min(text.find(' '), text.size());
  std::optional<std::uint64_t> size = parse_unsigned(text.substr(0, blank));
  if (!size || *size > text.size() || *size < blank + 3 || text[*size - 1] != '\n') fail("malformed pax record");
  std::string_view record = text.substr(blank + 1, *size - blank - 2);
  text.remove_prefix(static_cast<std::size_t>(*size));
  std::size_t equals = record.find('=');
  if (equals == 0 || equals == std::string_view::npos) fail("malformed pax record");
  return {record.substr(0, equals), record.substr(equals + 1)};
}

std::string text_value(const Record& record) {
  if (record.value.find('\0') != std::string_view::npos) fail("pax ", record.key, " holds a NUL");
  return std::string(record.value);
}

std::uint64_t unsigned_value(const Record& record) {
  std::optional<std::uint64_t> number = parse_unsigned(record.value);
  if (!number || *number > INT64_MAX) fail("pax ", record.key, ": not a number in range");
  return *number;
}

std::int64_t signed_value(const Record& record) {
  std::optional<std::int64_t> number = parse_signed(record.value);
  if (!number) fail("pax ", record.key, ": not a number in range");
  return *number;
}

// "-1.25": the fraction is cut after nanoseconds, and a negative time has it counted downwards.
timespec time_value(const Record& record) {
  std::size_t dot = std::min(record.value.find('.'), record.value.size());
  std::optional<std::int64_t> seconds = parse_signed(record.value.substr(0, dot));
  std::string_view fraction = record.value.substr(std::min(dot + 1, record.value.size()));
  bool digits = std::all_of(fraction.begin(), fraction.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!seconds || !digits) fail("pax ", record.key, ": not a time");
  std::string nanoseconds(fraction.substr(0, 9));
  nanoseconds.resize(9, '0');
  timespec time{*seconds, static_cast<long>(*parse_unsigned(nanoseconds))};
  if (record.value.starts_with('-') && time.tv_nsec > 0) {
    time.tv_sec -= *seconds > INT64_MIN ? 1 : 0;
    time.tv_nsec = 1'000'000'000 - time.tv_nsec;
  }
  return time;
}

std::vector<std::uint64_t> list_value(const Record& record) {
  std::vector<std::uint64_t> numbers;
  std::string_view rest = record.value;
  while (!rest.empty()) {
    std::size_t comma = std::min(rest.find(','), rest.size());
    numbers.push_back(unsigned_value({record.key, rest.substr(0, comma)}));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return numbers;
}

void set_xattr(PaxHeader& header, const Record& record) {
  std::string name = text_value({record.key, record.key.substr(xattr_prefix.size())});
  if (name.empty()) fail("pax ", record.key, ": no name");
  header.xattrs.push_back({std::move(name), std::string(record.value)});
}

void set_sparse(PaxHeader& header, const Record& record) {
  if (!record.key.starts_with("GNU.sparse.")) return;
  std::string_view key = record.key.substr(std::string_view("GNU.sparse.").size());
  if (key == "major") header.sparse_major = unsigned_value(record);
  if (key == "minor") header.sparse_minor = unsigned_value(record);
  if (key == "name") header.sparse_name = text_value(record);
  if (key == "size" || key == "realsize") header.sparse_size = unsigned_value(record);
  if (key == "map") header.sparse_map = list_value(record);
  if (key == "offset" || key == "numbytes") {
    bool is_size = key == "numbytes";
    if ((header.sparse_map.size() % 2 == 1) != is_size) fail("pax ", record.key, " out of order");
    header.sparse_map.push_back(unsigned_value(record));
  }
}

void set(PaxHeader& header, const Record& record) {
  if (record.value.empty() && record.key != "size") return; // an empty size is read differently by different readers
  if (record.key == "path") {
    header.path = text_value(record);
  } else if (record.key == "linkpath") {
    header.link_path = text_value(record);
  } else if (record.key == "size") {
    header.size = unsigned_value(record);
  } else if (record.key == "uid") {
    header.uid = signed_value(record);
  } else if (record.key == "gid") {
    header.gid = signed_value(record);
  } else if (record.key == "mtime") {
    header.mtime = time_value(record);
  } else if (record.key == "atime") {
    header.atime = time_value(record);
  } else if (record.key.starts_with(xattr_prefix)) {
    set_xattr(header, record);
  } else {
    set_sparse(header, record);
  }
}

} // namespace

PaxHeader parse_pax(std::string_view text) {
  PaxHeader header;
  while (!text.empty()) set(header, take_record(text));
  return header;
}

} // namespace oci::unpack
