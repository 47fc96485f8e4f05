// One request to a registry as a whole: logged in, redirected by our rules, tried again when that may help. Many of
// them move on side by side on one thread: advance() never waits.
#pragma once

#include "fetch/registry_session.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace oci::fetch {

// A body that can be taken up in its middle.
class ResumableBody : public BodyReceiver {
public:
  virtual std::uint64_t offset() const = 0;                   // bytes that are there: where the next try begins
  virtual std::optional<std::string> shortcoming() const = 0; // why what came is not all of it
};

class RegistryCall {
public:
  struct Request {
    std::string what; // for messages: "manifest 3.20", "blob sha256:…"
    Url url;
    std::vector<std::string> headers = {};
    std::string method = {}; // "": GET
    std::string sent = {};   // the body of POST and PUT
    bool head = false;
    std::size_t body_limit = max_error_body;
    ResumableBody* body = nullptr; // outlives the call
  };
  RegistryCall(RegistrySession& session, Request request);

  // True once the answer is there, which is then for the caller to judge. Throws when it never will be.
  bool advance();
  const HttpAnswer& answer() const { return exchange_->answer(); }
  const std::string& answering_host() const { return url_.host(); }
  // advance() to the end. Other calls' transfers move on meanwhile.
  const HttpAnswer& finish();

private:
  using Clock = std::chrono::steady_clock;
  void start(Url url);
  void redirect();
  void log_in();
  void try_again(const std::string& why, std::optional<std::chrono::seconds> asked_to_wait);
  bool at_registry() const { return url_.same_origin(session_.base()); }

  RegistrySession& session_;
  Request request_;
  Url url_;
  std::string sent_authorization_;
  std::unique_ptr<HttpExchange> exchange_; // none while waiting to try again
  Clock::time_point resume_at_;
  std::uint64_t offset_at_failure_ = 0;
  unsigned redirects_ = 0, login_rounds_ = 0, failures_ = 0;
  bool done_ = false;
};

} // namespace oci::fetch
