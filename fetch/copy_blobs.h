// Blobs on their way from a source to a destination: the one place of a copy where they are counted, hashed and, where
// asked for, compressed otherwise.
#pragma once

#include "fetch/blob_taker.h"
#include "fetch/image_destination.h"
#include "fetch/image_source.h"
#include "fetch/transcode.h"

#include <map>
#include <optional>
#include <vector>

namespace oci::fetch {

struct BlobJob {
  using Compression = spec::media::Compression;
  spec::Descriptor from;
  ImageDestination::Kind kind = ImageDestination::Kind::layer;
  bool recode = false; // from `is` to `becomes`
  Compression is = Compression::none, becomes = Compression::none;
  bool said_plain = false; // by its media type: its first bytes tell whether it is
  std::optional<int> level;
  Digest diff_id;                         // of what is written decompressed; empty: not to be checked
  std::optional<spec::Descriptor> result; // digest and size of what was written, once it was

  void found_to_be(Compression compression) {
    is = compression;
    recode = is != becomes;
  }
};

void check_diff_id(const Digest& said, const Digest& content); // throws where they differ

// Takes each of the jobs once.
class CopyTaker final : public BlobTaker {
public:
  CopyTaker(ImageDestination& destination, std::vector<BlobJob*> jobs, Progress& progress);
  Admission try_admit(const spec::Descriptor& descriptor) override;
  void copy(const spec::Descriptor& descriptor, const std::function<std::unique_ptr<Source>()>& open) override;
  Progress& progress() override { return progress_; }

private:
  ImageDestination& destination_;
  std::map<Digest, BlobJob*> jobs_;
  Progress& progress_;
};

// A small blob, checked, in memory.
std::string fetch_text(ImageSource& source, const spec::Descriptor& descriptor, std::string_view what);

} // namespace oci::fetch
