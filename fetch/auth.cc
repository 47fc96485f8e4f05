#include "fetch/auth.h"

#include "base/base64.h"
#include "fetch/credential_helper.h"
#include "fetch/registry_error.h"
#include "fetch/retry.h"

#include <algorithm>

namespace oci::fetch {
namespace {

constexpr std::size_t max_token_answer = 1u << 20;

std::vector<Challenge> challenges_of(const HttpAnswer& refused) {
  std::vector<Challenge> all;
  for (const auto& [name, value] : refused.headers) {
    if (name != "www-authenticate") continue;
    for (Challenge& challenge : parse_challenges(value)) all.push_back(std::move(challenge));
  }
  return all;
}

const Challenge* find_scheme(const std::vector<Challenge>& challenges, std::string_view scheme) {
  auto found = std::find_if(challenges.begin(), challenges.end(), [&](const auto& c) { return c.scheme == scheme; });
  return found == challenges.end() ? nullptr : &*found;
}

std::string param(const Challenge& challenge, const std::string& name) {
  auto found = challenge.params.find(name);
  return found == challenge.params.end() ? "" : found->second;
}

std::string_view actions(Access access) {
  return access == Access::pull ? "pull" : access == Access::push ? "pull,push" : "*";
}

bool can_be_sent(std::string_view token) {
  return !token.empty() && std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

} // namespace

std::string token_in(std::string_view body, const std::string& server) {
  std::optional<Json> answer;
  try {
    answer = parse_json(body, "token", {.duplicates = JsonLimits::Duplicates::last_wins});
  } catch (const Error&) {
    fail("token from ", server, ": the answer is not valid JSON");
  }
  for (std::string_view key : {"token", "access_token"}) {
    const Json* value = answer->find(key);
    const std::string* text = value ? value->as_string() : nullptr;
    if (text && can_be_sent(*text)) return *text;
  }
  fail("token from ", server, ": the answer holds none");
}

void RegistryAuth::find_login_once() {
  if (!looked_for_login_) login_ = find_login(reference_, options_);
  looked_for_login_ = true;
}

std::string RegistryAuth::basic() const {
  return cat("Basic ", base64_encode(cat(login_->credentials.user, ":", login_->credentials.password)));
}

void RegistryAuth::answer(const Url& registry, const HttpAnswer& refused, HttpClient& http) {
  if (!options_.token.empty()) fail_denied(refused);
  find_login_once();
  std::vector<Challenge> challenges = challenges_of(refused);
  if (const Challenge* bearer = find_scheme(challenges, "bearer")) {
    authorization_ = cat("Bearer ", token(registry, *bearer, http));
    return;
  }
  bool can_answer = find_scheme(challenges, "basic") && login_ && !has_identity_token() && authorization_ != basic();
  if (!can_answer) fail_denied(refused);
  authorization_ = basic();
}

void RegistryAuth::fail_denied(const HttpAnswer& refused) const {
  std::string why = registry_error(refused).text(refused.status);
  if (login_)
    throw DeniedError(
        Error(cat("log in to ", reference_.registry, " as ", printable(login_->credentials.user, 80), ": ", why))
            .with_hint(cat("the credentials are from ", login_->origin)));
  if (!options_.token.empty())
    throw DeniedError(cat("access to ", reference_.name(), " denied with the given token: ", why));
  throw DeniedError(
      Error(cat("access to ", reference_.name(), " denied: ", why))
          .with_hint("no credentials were sent; give them with --creds USER:PASSWORD, or log in with `oci login`"));
}

Url RegistryAuth::token_url(const Url& registry, const Challenge& challenge) const {
  std::string realm = param(challenge, "realm");
  std::optional<Url> url = Url::parse(realm);
  if (!url) fail("token server of ", registry.host(), ": not an http or https URL: ", printable(realm, 120));
  if (auto why = refused_step(registry, *url, options_.tls_verify == false)) {
    fail("token server ", url->shown(), " refused: ", *why);
  }
  return *url;
}

// None where no repository is meant: a login alone.
std::vector<std::string> RegistryAuth::scopes(const Challenge& challenge) const {
  if (param(challenge, "error") == "insufficient_scope") return {param(challenge, "scope")};
  if (reference_.repository.empty()) return {};
  std::vector<std::string> wanted{cat("repository:", reference_.repository, ":", actions(options_.access))};
  if (!also_pulled_.empty()) wanted.push_back(cat("repository:", also_pulled_, ":pull"));
  return wanted;
}

bool RegistryAuth::has_identity_token() const { return login_ && login_->credentials.user == token_user; }

// GET with Basic, or for an identity token the POST of OAuth2 (distribution, "Token authentication").
HttpRequest RegistryAuth::token_request(const Url& registry, const Challenge& challenge) const {
  HttpRequest request{.url = token_url(registry, challenge), .body_limit = max_token_answer};
  const std::string service = param(challenge, "service");
  const std::vector<std::string> wanted = scopes(challenge);
  if (!has_identity_token()) {
    if (login_) request.url = request.url.with_query("account", login_->credentials.user);
    if (!service.empty()) request.url = request.url.with_query("service", service);
    for (const std::string& scope : wanted) request.url = request.url.with_query("scope", scope);
    if (login_) request.authorization = basic();
    return request;
  }
  request.method = "POST";
  request.headers = {"Content-Type: application/x-www-form-urlencoded"};
  request.body = cat("grant_type=refresh_token&client_id=oci&service=", percent_encoded(service),
                     "&scope=", percent_encoded(join(wanted, " ")),
                     "&refresh_token=", percent_encoded(login_->credentials.password));
  return request;
}

std::string RegistryAuth::token(const Url& registry, const Challenge& challenge, HttpClient& http) const {
  const HttpRequest request = token_request(registry, challenge);
  std::string server = request.url.host();
  std::unique_ptr<HttpExchange> exchange = ask_for_token(http, request);
  if (exchange->failure()) fail("token from ", server, ": ", exchange->failure()->text);
  const HttpAnswer& answer = exchange->answer();
  if (answer.status == 401 || answer.status == 403) fail_denied(answer);
  if (answer.status != 200) fail("token from ", server, ": ", registry_error(answer).text(answer.status));
  return token_in(answer.body, server);
}

std::unique_ptr<HttpExchange> RegistryAuth::ask_for_token(HttpClient& http, const HttpRequest& request) const {
  for (unsigned failures = 1;; ++failures) {
    std::unique_ptr<HttpExchange> exchange = http.run(request);
    const auto& failure = exchange->failure();
    bool worth_it = failure ? failure->may_pass : may_pass(exchange->answer().status);
    auto wait = wait_before_retry(failures, exchange->retry_after(), options_.retry_delay);
    if (!worth_it || failures > options_.retries || !wait) return exchange;
    http.pause(*wait);
  }
}

} // namespace oci::fetch
