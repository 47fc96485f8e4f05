// What a session of copying holds, and its steps: copy.cc walks from names to images, copy_image.cc copies one image.
#pragma once

#include "fetch/convert.h"
#include "fetch/copy_blobs.h"
#include "fetch/destinations.h"
#include "fetch/fetch.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace oci::fetch {

// A document as it is named by what it is put into.
spec::Descriptor describe(const spec::RawBlob& document, DocumentForm form, bool is_index);

struct CopySession::State {
  using Compression = spec::media::Compression;
  using Place = ImageDestination::Place;

  State(spec::ImageName name, CopyOptions given, Progress& shown);

  Copied copy(const spec::ImageName& name, const std::string& called);

  // What is to become of one image.
  struct Plan {
    DocumentForm from, to;
    spec::Manifest manifest;
    std::vector<BlobJob> layers;
    std::string config;
    bool changes() const {
      return from != to || std::any_of(layers.begin(), layers.end(), [](const BlobJob& job) { return job.recode; });
    }
  };

  spec::Descriptor copy_document(ImageSource& source, const spec::RawBlob& document, Place place,
                                 const std::string& called, std::size_t depth);
  spec::Descriptor copy_image(ImageSource& source, const spec::RawBlob& document, Place place,
                              const std::string& called);
  spec::Descriptor copy_index(ImageSource& source, const spec::RawBlob& document, Place place,
                              const std::string& called, std::size_t depth);
  spec::Descriptor copy_instance(ImageSource& source, const spec::Descriptor& entry, std::size_t depth);
  spec::Descriptor copy_patiently(ImageSource& source, const spec::RawBlob& document, const std::string& called);
  spec::Descriptor copy_schema1(ImageSource& source, const spec::RawBlob& document, Place place,
                                const std::string& called);
  std::vector<spec::Descriptor> chosen_entries(const spec::Index& index) const;
  spec::RawBlob choose(ImageSource& source, spec::RawBlob document) const;

  bool takes(std::string_view type) const;
  DocumentForm form_for(DocumentForm from, bool is_index) const;
  Compression compression_for(Compression is) const;
  Plan make_plan(ImageSource& source, const spec::RawBlob& document);
  void plan_layers(Plan& plan) const;
  void refuse_changes(const Plan& plan) const;
  void copy_layers(ImageSource& source, Plan& plan);
  static void promise_content(Plan& plan);
  static void check_content(const Plan& plan);
  void write_config(Plan& plan);
  spec::Descriptor write_manifest(const spec::RawBlob& document, Plan& plan, Place place, const std::string& called);
  std::string fixed_because() const;
  void note_change(std::string change);
  void say(const std::string& line) const {
    if (options.say) options.say(line);
  }

  CopyOptions options;
  Progress& progress;
  Fd scratch;
  std::unique_ptr<ImageDestination> destination;
  std::map<std::pair<Digest, Compression>, spec::Descriptor> recoded; // in this session
  std::map<Digest, spec::Descriptor> instances;                       // of the indexes of this session, as written
  std::vector<std::string> changes;
};

} // namespace oci::fetch
