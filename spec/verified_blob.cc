#include "spec/verified_blob.h"

#include "base/base64.h"
#include "base/sys.h"

#include <array>

namespace oci::spec {
namespace {

// Follows `descriptor` through indexes to a manifest; what was passed is added to `walk`.
RawBlob find_manifest(const Layout& layout, Descriptor& descriptor, const Platform& wanted,
                      std::vector<Descriptor>* walk) {
  for (std::size_t depth = 0; depth <= max_index_depth; ++depth) {
    if (walk) walk->push_back(descriptor);
    RawBlob blob = read_document(layout, descriptor);
    const std::string& name = descriptor.digest.text();
    switch (document_kind(blob.bytes, descriptor.media_type, name)) {
    case DocumentKind::manifest:
      return blob;
    case DocumentKind::schema1:
      fail(name, ": docker's schema 1 manifests are not supported");
    case DocumentKind::index:
      break;
    }
    const Index index = parse_index(blob.bytes, name);
    const Descriptor* chosen = choose_platform(index, wanted);
    if (!chosen) throw Error(cat(name, ": no image for ", platform_text(wanted))).with_exit_code(2);
    descriptor = *chosen;
  }
  fail(descriptor.digest.text(), ": indexes within indexes, more than ", max_index_depth, " deep");
}

void check_config(const Image& image) {
  const std::string& name = image.descriptor.digest.text();
  const std::size_t layers = image.manifest.layers.size(), diff_ids = image.config.rootfs.diff_ids.size();
  if (layers != diff_ids) fail(name, ": ", layers, " layers, but its config has ", diff_ids, " diff_ids");
}

} // namespace

VerifyingSource::VerifyingSource(Source& inner, Digest digest, std::int64_t size, std::string name)
    : inner_(inner), digest_(std::move(digest)), size_(size), name_(std::move(name)), hasher_(digest_.algorithm()) {}

std::size_t VerifyingSource::read(std::span<std::byte> into) {
  if (done_ || into.empty()) return 0;
  const std::size_t count = inner_.read(into);
  if (count > 0) {
    seen_ += static_cast<std::int64_t>(count);
    if (seen_ > size_) fail(name_, ": more than the ", size_, " bytes its descriptor says");
    hasher_.update(into.first(count));
    return count;
  }
  if (seen_ < size_) fail(name_, ": ends after ", seen_, " of ", size_, " bytes");
  const Digest actual = hasher_.finish();
  if (actual != digest_) fail(name_, ": wrong digest: its content is ", actual.text());
  done_ = true;
  return 0;
}

BlobSource::BlobSource(const Layout& layout, const Descriptor& descriptor, const std::string& name) {
  if (descriptor.data.empty()) {
    file_ = layout.open_blob(descriptor);
    bytes_ = std::make_unique<FdSource>(file_.get(), name);
  } else {
    auto embedded = base64_decode(descriptor.data);
    if (!embedded) fail(name, ": the data in its descriptor is no base64");
    bytes_ = std::make_unique<StringSource>(std::move(*embedded));
  }
  verified_.emplace(*bytes_, descriptor.digest, descriptor.size, name);
}

RawBlob read_document(const Layout& layout, const Descriptor& descriptor) {
  const std::string name = cat("blob ", descriptor.digest.text());
  if (descriptor.size > static_cast<std::int64_t>(max_document_bytes))
    fail(name, ": ", descriptor.size, " bytes are too many for a document, at most ", human_bytes(max_document_bytes));
  BlobSource verified(layout, descriptor, name);

  RawBlob blob{descriptor.media_type, descriptor.digest, {}};
  blob.bytes.reserve(static_cast<std::size_t>(descriptor.size));
  std::array<std::byte, 16384> buffer;
  while (const std::size_t count = verified.read(buffer)) blob.bytes += as_text(Bytes(buffer).first(count));
  return blob;
}

Image load_image(const Layout& layout, const Descriptor& top, const Platform& wanted, std::vector<Descriptor>* walk) {
  return with_context(cat("read image from ", layout.path()), [&] {
    Image image;
    image.descriptor = top;
    image.manifest_blob = find_manifest(layout, image.descriptor, wanted, walk);
    image.manifest = parse_manifest(image.manifest_blob.bytes, image.descriptor.digest.text());

    const Descriptor& config = image.manifest.config;
    if (!config.media_type.empty() && !media::is_image_config(config.media_type))
      fail(image.descriptor.digest.text(), ": no image but an artifact: its config is ",
           printable(config.media_type, 120));
    image.config_blob = read_document(layout, config);
    image.config = parse_image_config(image.config_blob.bytes, config.digest.text());
    check_config(image);
    return image;
  });
}

BlobWriter::BlobWriter(const Layout& layout) : layout_(layout) {
  folder_ =
      check(sys::openat(layout.fd(), "blobs/sha256", O_RDONLY | O_DIRECTORY), "open blobs/sha256 of ", layout.path());
  std::string name = cat(".tmp-", random_name(16));
  file_ = check(sys::openat(folder_.get(), name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600), "create a blob in ",
                layout.path());
  name_ = std::move(name);
}

BlobWriter::~BlobWriter() {
  if (!name_.empty()) (void)sys::unlinkat(folder_.get(), name_);
}

void BlobWriter::write(Bytes bytes) {
  check(write_all(file_.get(), as_text(bytes)), "write a blob in ", layout_.path());
  hasher_.update(bytes);
  size_ += static_cast<std::int64_t>(bytes.size());
}

BlobWriter::Written BlobWriter::commit() {
  Written written{hasher_.finish(), size_};
  layout_.adopt_blob(file_.get(), folder_.get(), name_, written.digest);
  name_.clear();
  return written;
}

Descriptor write_blob(const Layout& layout, std::string_view bytes, std::string media_type) {
  BlobWriter writer(layout);
  writer.write(as_bytes(bytes));
  BlobWriter::Written written = writer.commit();
  Descriptor descriptor;
  descriptor.media_type = std::move(media_type);
  descriptor.digest = std::move(written.digest);
  descriptor.size = written.size;
  return descriptor;
}

} // namespace oci::spec
