// The verbs that move images between places, and what they share.
#pragma once

#include "cli/progress_options.h"
#include "cli/retry_options.h"
#include "cli/side_options.h"
#include "cli/verbs.h"
#include "fetch/fetch.h"

#include <memory>
#include <string>

namespace oci::cli {

struct CopyFlags {
  ChoiceFlags choice;
  SideFlags both, source, destination;
  std::string multi_arch, format, digestfile, compress_format, compress_level, parallel, tmpdir;
  RetryFlags retry;
  TrustFlags trust;
  Words additional_tags, signing, encryption;
  bool all = false, preserve_digests = false, compress = false, decompress = false, keep_plain = false,
       precompute = false, force_format = false, remove_signatures = false;
  ProgressFlags progress;

  void declare(Command& command);
};
// One image, from open to finish.
fetch::Copied copy_image(const spec::ImageName& source, const spec::ImageName& destination,
                         const fetch::CopyOptions& options, fetch::Progress& progress);
fetch::CopyOptions copy_options(const Globals& globals, const CopyFlags& flags, spec::Transport to);

std::unique_ptr<Verb> make_copy();
std::unique_ptr<Verb> make_push();
std::unique_ptr<Verb> make_inspect();
std::unique_ptr<Verb> make_tags();
std::unique_ptr<Verb> make_sync();
std::unique_ptr<Verb> make_delete_image();
std::unique_ptr<Verb> make_digest();
std::unique_ptr<Verb> make_manifest_digest();
std::unique_ptr<Verb> make_login();
std::unique_ptr<Verb> make_logout();

} // namespace oci::cli
