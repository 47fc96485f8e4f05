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

template <class Use>
void with_stored(const spec::Layout& layout, const spec::Descriptor& layer, Progress& progress, Use&& use) {
  spec::BlobSource verified(layout, layer, "its blob");
  StoredBlob stored(verified, progress, cat(layout.path(), "/", layout.blob_path(layer.digest)));
  use(stored);
}

} // namespace

Fd make_bundle(const std::string& path) {
  return with_context(cat("bundle ", path), [&] {
    Fd place = make_dirs(path);
    Fd bundle = check(sys::openat(place.get(), ".", O_RDONLY | O_DIRECTORY), "open");
    for (const char* name : {"config.json", "rootfs"})
      if (sys::fstatat(bundle.get(), name))
        throw Error(cat("there is a ", name, " already"))
            .with_hint("remove what an earlier unpack left there, or name another folder");
    check(sys::fchmod(bundle.get(), 0700), "chmod");
    return bundle;
  });
}

void check_layers(const spec::Manifest& manifest, const spec::ImageConfig& config) {
  const std::size_t layers = manifest.layers.size(), diff_ids = config.rootfs.diff_ids.size();
  if (config.rootfs.type != "layers") fail("rootfs type ", printable(config.rootfs.type), " is not known");
  if (layers != diff_ids) fail(layers, " layers, but ", diff_ids, " diff_ids");
}

Unpacker::Layer layer_of(const spec::Descriptor& layer, const Digest& diff_id) {
  std::string name = cat("layer ", layer.digest.text());
  std::optional<spec::media::Compression> compression = spec::media::layer_compression(layer.media_type);
  if (!compression) fail(name, ": not a layer: media type ", printable(layer.media_type));
  return {std::move(name), *compression, diff_id};
}

void apply_stored(Unpacker& unpacker, const spec::Layout& layout, const spec::Descriptor& layer, const Digest& diff_id,
                  Progress& progress) {
  with_stored(layout, layer, progress, [&](Source& blob) { unpacker.apply(layer_of(layer, diff_id), blob); });
}

void read_stored_again(Unpacker& unpacker, const spec::Layout& layout, const spec::Descriptor& layer,
                       const Digest& diff_id, FileReceiver& receiver) {
  Progress silent;
  with_stored(layout, layer, silent,
              [&](Source& blob) { unpacker.read_again(layer_of(layer, diff_id), blob, receiver); });
}

void unpack_image(const spec::Layout& layout, const spec::Image& image, int bundle, const Options& options,
                  Progress& progress) {
  check_layers(image.manifest, image.config);
  const std::vector<spec::Descriptor>& layers = image.manifest.layers;
  Unpacker unpacker(bundle, options);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    progress.begin_layer(i, layers.size(), layers[i]);
    apply_stored(unpacker, layout, layers[i], image.config.rootfs.diff_ids[i], progress);
    progress.end_layer();
  }
  unpacker.commit();
}

} // namespace oci::unpack
