// Images from anywhere to anywhere: containers-transports(5), and what skopeo copy does. Copies are bit for bit unless
// the destination cannot take what the source has, or the caller asks for another form. One session writes several
// images to one destination: blobs they share are written once. A part of fetch/fetch.h, and included by it.
#pragma once

#include "fetch/progress.h"
#include "spec/image.h"
#include "spec/reference.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace oci::fetch {

struct CopyOptions {
  enum class Which { one, all, index_only };
  enum class Format { as_it_is, oci, docker };

  RegistryOptions source, destination;
  TrustOptions trust; // of what comes from the source
  Which which = Which::one;
  std::vector<spec::Platform> platforms; // of an index; several: an index of these. Empty: this machine's
  Format format = Format::as_it_is;
  bool preserve_digests = false;
  std::optional<spec::media::Compression> compression; // what layers are to be in the destination
  std::optional<int> compression_level;
  bool decompress = false;                // layers are to be plain
  bool keep_plain_layers = false;         // oci: does not compress them
  bool precompute_digests = false;        // docker: what is compressed anew is uploaded only if it is not there
  std::vector<spec::Reference> more_tags; // of docker-archive:
  std::string temp_folder;                // "": $TMPDIR or /var/tmp
  unsigned parallel = 6;
  bool tells_source = false; // an error of the source's first documents begins with "initializing source"
  std::function<void(const std::string& line)> say; // each step, as skopeo tells it; may be empty
};

struct Copied {
  spec::Descriptor source, manifest; // what the names stand for, there and here
  std::vector<std::string> changes;  // why the digest is another one; empty when it is the same
};

class CopySession {
public:
  // Opens the destination. Throws Error.
  CopySession(spec::ImageName destination, CopyOptions options, Progress& progress);
  ~CopySession();
  // name: what the destination calls it, when its own name does not say.
  Copied copy(const spec::ImageName& source, const std::string& name = "");
  void finish(); // makes it all visible

private:
  struct State;
  std::unique_ptr<State> state_;
};

// The images a file or folder holds, each by a name of its own (":@N"), with what it is called there ("" for nothing).
struct FoundImage {
  spec::ImageName name;
  std::string called;
};
std::vector<FoundImage> images_in(const spec::ImageName& place, const CopyOptions& options);
// oci_archive or docker_archive, by what is in the file.
spec::Transport kind_of_archive(const std::string& path, const CopyOptions& options);

} // namespace oci::fetch
