// Layers become a root file system (image-spec layer.md), whatever the tar says. The one public header of unpack.
//
// The work is done by a forked child that holds the rootfs and the layer's bytes and nothing else (sandbox.h); this
// process reads, verifies and hands over the compressed side.
#pragma once

#include "base/fd.h"
#include "base/io.h"
#include "base/user_namespace.h"
#include "spec/layout.h"
#include "spec/verified_blob.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace oci::unpack {

// What one image may make of its rootfs; beyond it the unpacking fails. All layers together, but for the three in the
// middle.
struct Limits {
  std::uint64_t entries = 10'000'000;      // members of the tars
  std::uint64_t bytes = 256ULL << 30;      // content written; holes do not count
  std::size_t path_depth = 1024;           // components of one name
  std::size_t pax_record_bytes = 1u << 20; // one extended header
  std::size_t xattr_bytes = 64u << 10;     // one extended attribute's value
  std::size_t memory = 48u << 20;          // for what has to be remembered of folders and names until the end
};

// Whose the files are. By default the image's owners as they are, which takes root's rights.
struct Ids {
  IdMap uids, gids; // from the image's ids to this host's; empty: the same. What they leave out is refused.
  // All is the caller's own: for a caller without rights. Other owners are kept in the attribute
  // user.rootlesscontainers, devices become empty files of mode 0.
  bool rootless = false;
  // The maps are a user namespace's, in which the work is done: for a caller with subordinate ids (subuid(5)). What
  // they leave out is kept as above.
  bool user_namespace = false;

  UserMaps maps() const { return {uids, gids}; }
};

struct Options {
  Limits limits;
  Ids ids;
  bool keep_labels = false;   // security.selinux, .ima and .evm of the image, which mean nothing on another system
  bool keep_dirlinks = false; // a folder upon a link to a folder is that folder; otherwise the link goes
  // Files without content: each is a hole as long as the number of its entry among all layers' (Unpacker::read_again).
  // Holes count as content then.
  bool skeleton = false;
  std::uint64_t skeleton_bytes = UINT64_MAX; // of what it is made of; beyond it there is no room (ENOSPC)
  // A folder to unpack upon, in the place of `bundle`/rootfs, for reading; -1: none. It stays when unpacking fails.
  int onto = -1;
  int stop_fd = -1; // once it is readable the unpacking is given up: Error "interrupted"
};

// Told what happens, always on the calling thread. The default does nothing.
class Progress {
public:
  virtual ~Progress() = default;
  virtual void begin_layer(std::size_t /*index*/, std::size_t /*count*/, const spec::Descriptor& /*layer*/) {}
  virtual void advance(std::uint64_t /*compressed_bytes*/) {} // more of the current layer was handed over
  virtual void end_layer() {}                                 // applied, its diff_id verified
};

// Gets the regular files of layers as their tars have them.
class FileReceiver {
public:
  virtual ~FileReceiver() = default;
  // `entry` is its number among the entries of all layers, from 1; `size` has the holes in it.
  virtual void begin(std::uint64_t entry, std::uint64_t size) = 0;
  virtual void piece(std::uint64_t offset, Bytes bytes) = 0;
  virtual void end() = 0;
};

// Makes BUNDLE when it is missing, gives it mode 0700, and opens it. Throws when it holds a rootfs or a config.json.
Fd make_bundle(const std::string& path);

// Removes `bundle`/rootfs, whoever its files belong to by `ids`. A missing one is fine.
Result<void> remove_rootfs(int bundle, const Ids& ids);

// A rootfs in the making. The constructor makes `bundle`/rootfs (which must not exist) and forks the extractor, so it
// is to be called before this process starts threads. What was not committed is removed by the destructor.
class Unpacker {
public:
  Unpacker(int bundle, const Options& options);
  Unpacker(const Unpacker&) = delete;
  Unpacker& operator=(const Unpacker&) = delete;
  ~Unpacker();

  struct Layer {
    std::string name; // for errors: "layer sha256:…"
    spec::media::Compression compression = spec::media::Compression::none;
    Digest diff_id; // of the decompressed stream to its very end
  };
  // Applies the next layer. `compressed` is read to its end on this thread (it verifies itself, see VerifyingSource);
  // returns when the layer is applied. Throws what the source throws, and what the extractor found.
  void apply(const Layer& layer, Source& compressed);

  void commit(); // sets the folders' times; the rootfs is complete and stays

  // For a skeleton, in the place of commit: it is complete, and goes with this object.
  void finish();
  // Then each layer once more, in the same order, for what is in its files. The same is verified, and thrown.
  void read_again(const Layer& layer, Source& compressed, FileReceiver& receiver);

private:
  struct State;
  std::unique_ptr<State> state_;
};

// Throws unless the config has a diff_id for each layer.
void check_layers(const spec::Manifest& manifest, const spec::ImageConfig& config);

// One layer whose blob is in `layout`.
void apply_stored(Unpacker& unpacker, const spec::Layout& layout, const spec::Descriptor& layer, const Digest& diff_id,
                  Progress& progress);

// The same once more, of a finished skeleton.
void read_stored_again(Unpacker& unpacker, const spec::Layout& layout, const spec::Descriptor& layer,
                       const Digest& diff_id, FileReceiver& receiver);

// What a layer is to the unpacker. Throws when `layer` is none.
Unpacker::Layer layer_of(const spec::Descriptor& layer, const Digest& diff_id);

// Unpacks every layer of `image` from `layout` into `bundle`/rootfs. Either it is whole afterwards, or not there.
void unpack_image(const spec::Layout& layout, const spec::Image& image, int bundle, const Options& options,
                  Progress& progress);

struct FlatOptions {
  bool folders_first = false; // for readers that make no missing folders; else a folder follows what is in it
};
// The rootfs that an image's layers make, as a tar; what is in its files is never in a file of ours. The same image
// gives the same bytes.
class FlatImage {
public:
  // Makes a skeleton in `scratch`, which goes with this object. `layout` and `image` must outlive it. An Error of
  // number ENOSPC or EDQUOT says that there is no room.
  FlatImage(const spec::Layout& layout, const spec::Image& image, int scratch, const Options& options);
  FlatImage(const FlatImage&) = delete;
  FlatImage& operator=(const FlatImage&) = delete;
  ~FlatImage();
  // Reads the layers again. To be called once.
  void write(Sink& tar, const FlatOptions& options);

private:
  struct State;
  std::unique_ptr<State> state_;
};

} // namespace oci::unpack

#include "unpack/layer_writer.h" // and back: what makes layers
