// Answering a registry's 401: Basic, or a Bearer token from the token server it names (distribution's token
// authentication). For one repository of one registry: a token is never used for another.
#pragma once

#include "fetch/challenge.h"
#include "fetch/credentials.h"
#include "fetch/http.h"

#include <optional>
#include <string>
#include <vector>

namespace oci::fetch {

// The registry wants another login, or none of ours.
class DeniedError : public Error {
public:
  using Error::Error;
  explicit DeniedError(Error error) : Error(std::move(error)) {}
};

class RegistryAuth {
public:
  RegistryAuth(spec::Reference reference, RegistryOptions options)
      : reference_(std::move(reference)), options_(std::move(options)),
        authorization_(options_.token.empty() ? "" : "Bearer " + options_.token) {}

  // The header's value for requests to the registry's own origin; "" before it asked. Never in a message.
  const std::string& authorization() const { return authorization_; }
  // Makes authorization() what `refused`, a 401 of `registry`, asks for. Throws when there is nothing to answer with.
  void answer(const Url& registry, const HttpAnswer& refused, HttpClient& http);
  // A token asked for from now on may also pull from `repository` of the same registry.
  void also_pull(std::string repository) { also_pulled_ = std::move(repository); }
  // What a 401 or 403 that stays comes to.
  [[noreturn]] void fail_denied(const HttpAnswer& refused) const;

private:
  void find_login_once();
  std::string basic() const;
  std::string token(const Url& registry, const Challenge& challenge, HttpClient& http) const;
  bool has_identity_token() const;
  HttpRequest token_request(const Url& registry, const Challenge& challenge) const;
  std::vector<std::string> scopes(const Challenge& challenge) const;
  std::unique_ptr<HttpExchange> ask_for_token(HttpClient& http, const HttpRequest& request) const;
  Url token_url(const Url& registry, const Challenge& challenge) const;

  spec::Reference reference_;
  RegistryOptions options_;
  std::string authorization_, also_pulled_;
  std::optional<Login> login_;
  bool looked_for_login_ = false;
};

// "token" or "access_token" of a token server's answer. Throws without the content when there is none that can be sent.
std::string token_in(std::string_view body, const std::string& server);

} // namespace oci::fetch
