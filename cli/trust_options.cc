#include "cli/trust_options.h"

#include "base/error.h"

namespace oci::cli {

void TrustFlags::declare(Command& command) {
  command.option("--policy", "FILE", "take only what this policy allows (default the system's policy.json)", policy);
  command.flag("--insecure-policy", "take what is asked for, whatever the policy says", unchecked);
  command.hide_last();
}

fetch::TrustOptions TrustFlags::options(const Globals& globals) const {
  if (!policy.empty() && unchecked) fail("--policy and --insecure-policy exclude each other");
  return {policy.empty() ? globals.policy : policy, unchecked || globals.insecure_policy};
}

} // namespace oci::cli
