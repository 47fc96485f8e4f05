// A tar file by the names of its members. They are looked up in an index of the archive, never on disk.
#pragma once

#include "base/fd.h"
#include "base/io.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace oci::fetch {

class TarFile {
public:
  struct Member {
    std::uint64_t position = 0; // of its header
    std::int64_t size = 0;
    std::string link; // what a symbolic or hard link names, as a member's name; "" for a file
  };

  // Reads the headers of the whole archive. One that is compressed or no regular file is first written, decompressed,
  // to a nameless file in `scratch`. "-" is stdin, which can be read by several.
  TarFile(const std::string& path, int scratch);
  // Of a regular file that is not compressed; `name` is for errors.
  TarFile(Fd file, std::string name);

  const std::string& path() const { return path_; }
  // The regular file of that name; a link is followed once. nullptr when there is none. Of several with a name the last
  // counts.
  const Member* find(std::string_view name) const;
  const Member& get(std::string_view name) const; // throws "…: no member <name>"
  std::string read(std::string_view name, std::size_t limit) const;
  // The bytes of a member of get. The source must not outlive this.
  std::unique_ptr<Source> open(const Member& member) const;
  // The same through its decompressor.
  std::unique_ptr<Source> open_decompressed(const Member& member) const;

private:
  void read_headers();

  std::string path_;
  Fd file_;
  std::map<std::string, Member, std::less<>> members_;
};

} // namespace oci::fetch
