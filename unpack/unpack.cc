#include "unpack/unpack.h"

#include "base/files.h"
#include "base/sys.h"
#include "base/text.h"

namespace oci::unpack {

namespace {

// A blob of the store: counted, and with advice where it is damaged.
class StoredBlob final : public Source {
public:
  StoredBlob(Source& inner, Progress& progress, std::string path)
      : inner_(inner), progress_(progress), path_(std::move(path)) {}
  std::size_t read(std::span<std::byte> into) override {
    try {
      std::size_t count = inner_.read(into);
      if (count > 0) progress_.advance(count);
      return count;
    } catch (Error& error) {
      throw std::move(error).with_hint(cat("the store is damaged: remove ", path_, " and pull the image again"));
    }
  }

private:
  Source& inner_;
  Progress& progress_;
  std::string path_;
};

void apply_layer(Unpacker& unpacker, const spec::Layout& layout, const spec::Descriptor& layer, const Digest& diff_id,
                 Progress& progress) {
  std::string name = cat("layer ", layer.digest.text());
  std::optional<spec::media::Compression> compression = spec::media::layer_compression(layer.media_type);
  if (!compression) fail(name, ": not a layer: media type ", printable(layer.media_type));
  Fd blob = layout.open_blob(layer);
  FdSource file(blob.get(), name);
  spec::VerifyingSource verified(file, layer.digest, layer.size, "its blob");
  StoredBlob stored(verified, progress, cat(layout.path(), "/", layout.blob_path(layer.digest)));
  unpacker.apply({name, *compression, diff_id}, stored);
}

} // namespace

Fd make_bundle(const std::string& path) {
  return with_context(cat("bundle ", path), [&] {
    Fd place = make_dirs(path, 0700);
    Fd bundle = check(sys::openat(place.get(), ".", O_RDONLY | O_DIRECTORY), "open");
    for (const char* name : {"config.json", "rootfs"})
      if (sys::fstatat(bundle.get(), name))
        throw Error(cat("there is a ", name, " already"))
            .with_hint("remove what an earlier unpack left there, or name another folder");
    check(sys::fchmod(bundle.get(), 0700), "chmod");
    return bundle;
  });
}

void unpack_image(const spec::Layout& layout, const spec::Image& image, int bundle, const Options& options,
                  Progress& progress) {
  const std::vector<spec::Descriptor>& layers = image.manifest.layers;
  const std::vector<Digest>& diff_ids = image.config.rootfs.diff_ids;
  if (image.config.rootfs.type != "layers") fail("rootfs type ", printable(image.config.rootfs.type), " is not known");
  if (layers.size() != diff_ids.size()) fail(layers.size(), " layers, but ", diff_ids.size(), " diff_ids");
  Unpacker unpacker(bundle, options);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    progress.begin_layer(i, layers.size(), layers[i]);
    apply_layer(unpacker, layout, layers[i], diff_ids[i], progress);
    progress.end_layer();
  }
  unpacker.commit();
}

} // namespace oci::unpack
