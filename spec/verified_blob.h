// The one way to a blob's bytes: digest and size are checked over the very bytes handed on, never over a second read.
// In the library spec_blobs, with base_hash; only the image half links it.
#pragma once

#include "base/hash.h"
#include "base/io.h"
#include "spec/layout.h"

#include <memory>
#include <optional>
#include <string>

namespace oci::spec {

// Passes bytes through and throws "<name>: …" as soon as there are more than the size says; at the end when there were
// fewer or the digest differs. The end is only reported (read returns 0) after the check passed.
class VerifyingSource final : public Source {
public:
  VerifyingSource(Source& inner, Digest digest, std::int64_t size, std::string name);
  std::size_t read(std::span<std::byte> into) override;

private:
  Source& inner_;
  Digest digest_;
  std::int64_t size_;
  std::int64_t seen_ = 0;
  std::string name_;
  Hasher hasher_;
  bool done_ = false;
};

// A blob, verified as it is read: embedded in its descriptor, or else of the layout. `name` is for errors.
class BlobSource final : public Source {
public:
  BlobSource(const Layout& layout, const Descriptor& descriptor, const std::string& name);
  BlobSource(const BlobSource&) = delete;
  BlobSource& operator=(const BlobSource&) = delete;
  std::size_t read(std::span<std::byte> into) override { return verified_->read(into); }

private:
  Fd file_;
  std::unique_ptr<Source> bytes_;
  std::optional<VerifyingSource> verified_;
};

// A document (manifest, index, config) of a layout, whole and verified. At most max_document_bytes.
RawBlob read_document(const Layout& layout, const Descriptor& descriptor);

// An image of a layout: the verified manifest, and its verified config.
struct Image {
  Descriptor descriptor; // of the manifest
  RawBlob manifest_blob;
  Manifest manifest;
  RawBlob config_blob;
  ImageConfig config;
};
// Follows indexes (choosing `wanted`) down to one manifest. Checks that layers and diff_ids agree in number. The way
// from `top` to the manifest, both included, is added to `walk`.
Image load_image(const Layout& layout, const Descriptor& top, const Platform& wanted,
                 std::vector<Descriptor>* walk = nullptr);

// Writes one blob: temporary file in the layout, hashed on the way, fsynced, renamed to its digest by commit.
// What is not committed is removed by the destructor.
class BlobWriter final : public Sink {
public:
  explicit BlobWriter(const Layout& layout);
  BlobWriter(const BlobWriter&) = delete;
  BlobWriter& operator=(const BlobWriter&) = delete;
  ~BlobWriter() override;
  void write(Bytes bytes) override;
  struct Written {
    Digest digest;
    std::int64_t size;
  };
  Written commit();

private:
  const Layout& layout_;
  Fd folder_;
  Fd file_;
  std::string name_;
  Hasher hasher_;
  std::int64_t size_ = 0;
};

// A small blob in one go.
Descriptor write_blob(const Layout& layout, std::string_view bytes, std::string media_type);

} // namespace oci::spec
