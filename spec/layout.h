// An OCI image layout (image-layout.md): oci-layout, index.json, blobs/. Works through the folder's descriptor.
// Nothing here hashes: what a digest promises is checked by VerifiedBlob (verified_blob.h), the one way to a blob's
// bytes.
#pragma once

#include "base/fd.h"
#include "base/files.h"
#include "spec/image.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace oci::spec {

class Layout {
public:
  // Throws when it does not exist, is no layout or is of another version.
  static Layout open(const std::string& path);
  // Makes what is missing (folder 0755, oci-layout, index.json, blobs/sha256); an existing layout is opened.
  static Layout open_or_create(const std::string& path, mode_t mode = 0755);

  // From now on blobs are looked for, and written, below `folder` (made when missing) instead of the layout's own.
  void share_blobs(const std::string& folder);
  // The folder that has "sha256"; for what is to become a blob.
  Fd blobs_folder() const;

  int fd() const { return fd_.get(); }
  const std::string& path() const { return path_; }

  Index index() const;
  // The entry whose ref.name is `ref`; throws when two entries have it. nullopt when none has.
  std::optional<Descriptor> find(std::string_view ref) const;
  // Read, change, fsync, rename, under an exclusive flock of the layout's folder. `change` returns false to leave it.
  void update_index(const std::function<bool(Index&)>& change);
  // Gives `ref` to `descriptor`. An older entry of that name loses it; the nameless one is dropped.
  void tag(const std::string& ref, Descriptor descriptor);

  bool has_blob(const Descriptor& descriptor) const; // a regular file of that size
  // O_NOFOLLOW, regular file, size as the descriptor says; throws Error that names the blob. Content is not verified.
  Fd open_blob(const Descriptor& descriptor) const;
  // Gives a finished file, whose content the caller has checked, its place among the blobs: 0644, fsync, rename from
  // `name` beneath `dir` (same file system), fsync of the folder. Replaces what is there.
  void adopt_blob(int file, int dir, const std::string& name, const Digest& digest) const;
  std::string blob_path(const Digest& digest) const; // "blobs/sha256/…", beneath fd()

private:
  Layout(Fd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  int blobs_base() const { return shared_ ? shared_.get() : fd(); }
  std::string path_of(const Digest& digest) const { return shared_ ? digest.path() : blob_path(digest); }
  Fd fd_, shared_;
  std::string path_;
};

} // namespace oci::spec
