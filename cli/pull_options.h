// How an image is brought into the store, for the verbs that may have to: pull and unpack.
#pragma once

#include "cli/args.h"
#include "cli/progress_options.h"
#include "cli/retry_options.h"
#include "cli/trust_options.h"
#include "fetch/fetch.h"
#include "spec/store.h"
#include "spec/verified_blob.h"

#include <optional>
#include <string>

namespace oci::cli {

struct PullFlags {
  std::optional<std::string> platform, creds;
  std::string authfile, cert_dir, stall_timeout;
  std::optional<bool> tls_verify;
  bool no_creds = false;
  RetryFlags retry;
  ProgressFlags progress;
  TrustFlags trust;

  void declare(Command& command);
};

// Fetches `name` (a reference, or a name with a transport), and leaves the record `oci run` reads. `observer`, unless
// nullptr, is told of the blobs while they arrive.
spec::Image pull_image(spec::Store& store, const std::string& name, const PullFlags& flags,
                       fetch::Observer* observer = nullptr);

// The image of the store that `name` stands for: a reference or a digest; nullopt when it is not there.
std::optional<spec::Image> stored_image(const spec::Store& store, const std::string& name, const PullFlags& flags);

} // namespace oci::cli
