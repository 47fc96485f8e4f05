// What all requests of one pull share: the registry's address (and whether it speaks TLS), the connections, the login.
#pragma once

#include "fetch/auth.h"
#include "fetch/fetch.h"
#include "fetch/http.h"

#include <optional>
#include <string>

namespace oci::fetch {

class RegistrySession {
public:
  // Asks the registry whether it speaks TLS when that may be answered either way.
  RegistrySession(const spec::Reference& reference, const RegistryOptions& options, Progress& progress);

  const Url& base() const { return base_; } // "https://registry-1.docker.io/v2/"
  // "manifests/3.20" of this repository
  Url repository_url(std::string_view path) const;
  HttpClient& http() { return http_; }
  RegistryAuth& auth() { return auth_; }
  const RegistryOptions& options() const { return options_; }
  bool insecure() const { return options_.tls_verify == false; }
  Progress& progress() { return progress_; }
  // A registry that never answered is not, unless that is asked for.
  bool may_be_waited_for() const { return answered_ || options_.waits_for_registry; }
  void set_answered() { answered_ = true; }

private:
  Url find_base(const std::string& host);
  std::optional<Url> look_for_base(const std::string& host, std::optional<HttpFailure>& failed);
  bool wait_for_another_try(unsigned failures, const HttpFailure& failed);

  spec::Reference reference_;
  RegistryOptions options_;
  Progress& progress_;
  HttpClient http_;
  RegistryAuth auth_;
  bool answered_ = false;
  Url base_;
};

// The failure of a request as an error, with what can be done about it.
[[noreturn]] void fail_transport(const HttpFailure& failure);

} // namespace oci::fetch
