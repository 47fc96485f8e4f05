// Files and folders become a layer: a tar, hashed (diff_id), compressed, and hashed again on its way into a layout.
#pragma once

#include "unpack/compress.h"
#include "unpack/tar_writer.h"
#include "unpack/tree.h"
#include "unpack/unpack.h"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace oci::unpack {

struct NewLayer {
  spec::Descriptor descriptor;
  Digest diff_id;
};

// A layer's blob in the making; what is written to it is the tar.
class LayerBlob final : public Sink {
public:
  LayerBlob(const spec::Layout& layout, spec::media::Compression compression);
  void write(Bytes tar) override;
  NewLayer finish();

private:
  spec::media::Compression compression_;
  spec::BlobWriter blob_;
  std::unique_ptr<Compressor> compressor_;
  Hasher diff_id_;
  std::uint64_t size_ = 0;
};

struct LayerOptions {
  Ids ids;                            // those the files were unpacked with; in the layer they are the image's again
  std::optional<std::int64_t> newest; // later times are made this one (SOURCE_DATE_EPOCH)
  int stop_fd = -1;
};

class LayerWriter {
public:
  LayerWriter(Sink& tar, LayerOptions options) : tar_(tar), options_(std::move(options)) {}

  // What `path` beneath `root` is, under the name `name` ("" is the layer's root). Nothing is followed.
  void add(int root, const std::string& path, const std::string& name);
  // The same with all that is in it.
  void add_tree(int root, const std::string& path, const std::string& name);
  // The file `path` beneath `root`, but for its content: `size` bytes, which `write` is given until `end`.
  void begin_file(int root, const std::string& path, std::uint64_t size);
  void write(Bytes content) { tar_.write(content); }
  void end() { tar_.end(); }
  // The file `path` beneath `root` as another name of what is in the tar as `target`.
  void add_link(int root, const std::string& path, const std::string& target);
  void whiteout(const std::string& name);
  void opaque(const std::string& folder); // hides what lower layers have in it
  void finish() { tar_.finish(); }

private:
  Member member_at(int root, const std::string& path) const;
  Member member_of(int fd, const struct stat& status, const std::string& name) const;
  void make_link_if_known(Member& member, const struct stat& status);
  void set_owner(Member& member, const struct stat& status) const;
  void write_marker(const std::string& name);
  void copy(int fd, const std::string& name);

  TarWriter tar_;
  LayerOptions options_;
  std::map<std::pair<dev_t, ino_t>, std::string> links_; // of files with several names: the first
};

// The layer that turns the tree the deltas begin at into `root`'s. They are by path.
void write_changes(LayerWriter& layer, int root, const std::vector<Delta>& deltas);

} // namespace oci::unpack
