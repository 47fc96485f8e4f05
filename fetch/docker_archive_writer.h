// A docker archive in the making: docker-archive: writes it to a file, docker-daemon: sends it to the daemon.
#pragma once

#include "base/json.h"
#include "fetch/image_destination.h"
#include "fetch/output_file.h"
#include "fetch/tar_writer.h"
#include "spec/reference.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace oci::fetch {

class DockerArchiveWriter {
public:
  DockerArchiveWriter(int file, std::string name, int scratch) : tar_(file, std::move(name), scratch) {}

  bool has(const Digest& digest) const { return written_.contains(digest); }
  std::unique_ptr<DestinationBlob> begin_blob(const spec::Descriptor* known, ImageDestination::Kind kind);
  // Its layers are plain, its blobs are in the archive.
  void add_image(const spec::Manifest& manifest, const std::vector<spec::Reference>& tags);
  void finish();

private:
  class Blob;
  std::string add_legacy_layers(const spec::Manifest& manifest);

  TarWriter tar_;
  std::set<Digest> written_;
  std::map<Digest, std::string> configs_;
  std::set<std::string> legacy_;
  Json images_ = Json::Array(), repositories_ = Json::Object();
};

} // namespace oci::fetch
