// How a registry is reached, for the verbs that name images with a transport. copy has one set for each
// side and one for both.
#pragma once

#include "cli/args.h"
#include "cli/retry_options.h"
#include "cli/trust_options.h"
#include "fetch/fetch.h"

#include <optional>
#include <string>

namespace oci::cli {

struct SideFlags {
  std::optional<std::string> creds, username, password, token;
  std::string authfile, cert_dir, shared_blobs, daemon_host;
  std::optional<bool> tls_verify;
  bool no_creds = false;

  // prefix: "", "src-", "dest-". shown: in the help.
  void declare(Command& command, const std::string& prefix, bool shown);
};

// What `side` says, or else `common`. Throws for options that exclude each other.
fetch::RegistryOptions registry_options(const SideFlags& side, const SideFlags& common, const RetryFlags& retry = {});

// Which image of several, in skopeo's words and ours.
struct ChoiceFlags {
  Words platforms;
  std::string os, arch, variant; // --override-*

  void declare(Command& command);
  std::vector<spec::Platform> wanted() const; // empty: this machine's
};

} // namespace oci::cli
