#include "fetch/registry_session.h"

#include "fetch/registries.h"
#include "fetch/retry.h"

namespace oci::fetch {
namespace {

bool http_on_loopback = true;

// Where Docker Hub really is.
std::string host_of(const std::string& registry) { return registry == "docker.io" ? "registry-1.docker.io" : registry; }

Url url_of(std::string_view scheme, const std::string& host) {
  std::optional<Url> url = Url::parse(cat(scheme, "://", host, "/v2/"));
  if (!url) fail("registry ", printable(host), ": not a host");
  return *url;
}

// The schemes a registry may be reached by, the likelier first. On loopback that is http: registries there seldom have
// certificates.
std::vector<std::string_view> schemes_for(const Url& url, std::optional<bool> tls_verify) {
  if (tls_verify == true) return {"https"};
  if (http_on_loopback && is_loopback(url.host())) return {"http", "https"};
  if (tls_verify == false) return {"https", "http"};
  return {"https"};
}

bool is_registry(const HttpAnswer& answer) {
  return answer.status == 200 || answer.status == 401 || !answer.header("docker-distribution-api-version").empty();
}

// What registries.conf says of it, unless the user said it.
RegistryOptions configured(RegistryOptions options, const spec::Reference& reference) {
  const bool insecure = Registries::configured().is_insecure(reference);
  if (insecure && !options.tls_verify) options.tls_verify = false;
  return options;
}

} // namespace

void forbid_http_on_loopback() { http_on_loopback = false; }

RegistrySession::RegistrySession(const spec::Reference& reference, const RegistryOptions& options, Progress& progress)
    : reference_(reference), options_(configured(options, reference)), progress_(progress),
      http_(tls_setup(reference.registry, options.cert_dir, options_.tls_verify.value_or(true)),
            {options.connect_timeout, options.stall_timeout}),
      auth_(reference, options), base_(find_base(host_of(reference.registry))) {}

// What answers as a registry is one. Else https counts when it answers at all, and http when there is no https.
Url RegistrySession::find_base(const std::string& host) {
  if (auto schemes = schemes_for(url_of("https", host), options_.tls_verify); schemes.size() == 1)
    return url_of(schemes.front(), host);
  for (unsigned failures = 1;; ++failures) {
    std::optional<HttpFailure> failed;
    if (std::optional<Url> url = look_for_base(host, failed)) return *url;
    if (!wait_for_another_try(failures, *failed)) fail_transport(*failed);
  }
}

// nullopt when nothing answers at all; `failed` says why.
std::optional<Url> RegistrySession::look_for_base(const std::string& host, std::optional<HttpFailure>& failed) {
  std::optional<Url> other;
  for (std::string_view scheme : schemes_for(url_of("https", host), options_.tls_verify)) {
    Url url = url_of(scheme, host);
    std::unique_ptr<HttpExchange> exchange = http_.run({.url = url, .with_client_cert = true});
    if (const auto& failure = exchange->failure()) {
      if (!failed) failed = failure;
      bool another_scheme_may_do = failure->no_tls || failure->refused || !url.is_https();
      if (!another_scheme_may_do) {
        failed = failure;
        return std::nullopt;
      }
      continue;
    }
    set_answered();
    if (is_registry(exchange->answer())) return url;
    if (!other || url.is_https()) other = url;
  }
  return other;
}

bool RegistrySession::wait_for_another_try(unsigned failures, const HttpFailure& failed) {
  if (!options_.waits_for_registry || !failed.may_pass || failures > options_.retries) return false;
  const auto wait = *wait_before_retry(failures, std::nullopt, options_.retry_delay);
  progress_.note(cat(failed.text, "; trying again in ", (wait.count() + 999) / 1000, " s (", failures, "/",
                     options_.retries, ")"));
  http_.pause(wait);
  progress_.check();
  return true;
}

Url RegistrySession::repository_url(std::string_view path) const {
  std::optional<Url> url = base_.resolve(cat("/v2/", reference_.repository, "/", path));
  if (!url) fail("no URL for ", printable(path));
  return *url;
}

void fail_transport(const HttpFailure& failure) {
  if (failure.untrusted) {
    throw Error(failure.text).with_hint("--cert-dir DIR names a folder that holds the registry's CA as *.crt");
  }
  if (failure.no_tls) {
    throw Error(failure.text).with_hint("--tls-verify=false allows a registry without TLS");
  }
  throw Error(failure.text);
}

} // namespace oci::fetch
