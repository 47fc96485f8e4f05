// Images checked where they are: every digest, size, media type and diff_id is computed again. What is wrong is told,
// all of it, instead of thrown. A part of fetch/fetch.h.
#pragma once

#include "fetch/progress.h"
#include "spec/image.h"
#include "spec/layout.h"
#include "spec/reference.h"

#include <map>
#include <string>
#include <vector>

namespace oci::fetch {

struct Fault {
  std::string image; // as it was named
  std::string digest;
  std::string text; // "blob sha256:…: wrong digest: …"
};

class Verification {
public:
  Verification(CopyOptions options, Progress& progress) : options_(std::move(options)), progress_(progress) {}

  // All that `name` leads to, every platform. `shown` is what the faults call it. A blob that was read for another
  // image is not read again. Throws when there is no such image (exit code 2), or nothing can be read at all.
  void check_image(const spec::ImageName& name, const std::string& shown);
  // The blobs of a layout that no image led to: they are to be what their names say.
  void check_other_blobs(const spec::Layout& layout);

  const std::vector<Fault>& faults() const { return faults_; }
  std::size_t images() const { return images_; } // manifests
  std::size_t blobs() const { return blobs_.size(); }
  std::uint64_t bytes() const { return bytes_; }

private:
  struct Seen {
    std::string fault, content_fault;
    Digest diff_id;
  };
  class Walk;

  CopyOptions options_;
  Progress& progress_;
  std::vector<Fault> faults_;
  std::map<Digest, Seen> blobs_; // read already
  std::size_t images_ = 0;
  std::uint64_t bytes_ = 0;
};

} // namespace oci::fetch
