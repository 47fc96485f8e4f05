#include "fetch/registry_call.h"

#include "base/log.h"
#include "fetch/registry_error.h"
#include "fetch/retry.h"

#include <algorithm>

namespace oci::fetch {
namespace {

using std::chrono::milliseconds;

constexpr unsigned max_redirects = 5;
constexpr unsigned max_login_rounds = 2;
constexpr std::uint64_t much_progress = 1u << 20; // after so many bytes more a failure counts as the first again

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

} // namespace

RegistryCall::RegistryCall(RegistrySession& session, Request request)
    : session_(session), request_(std::move(request)) {
  if (request_.body) offset_at_failure_ = request_.body->offset();
  start(request_.url);
}

void RegistryCall::start(Url url) {
  url_ = std::move(url);
  log::debug(request_.method.empty() ? "get" : to_lower(request_.method), " ", url_.shown());
  HttpRequest request{.url = url_, .headers = request_.headers};
  if (at_registry()) {
    request.authorization = sent_authorization_ = session_.auth().authorization();
    request.with_client_cert = true;
  }
  if (request_.body && request_.body->offset() > 0) {
    request.headers.push_back(cat("Range: bytes=", request_.body->offset(), "-"));
  }
  request.head = request_.head;
  request.method = request_.method;
  request.body = request_.sent;
  request.body_limit = request_.body_limit;
  request.receiver = request_.body;
  exchange_ = session_.http().start(std::move(request));
}

bool RegistryCall::advance() {
  if (done_) return true;
  session_.progress().check();
  if (!exchange_) {
    if (Clock::now() >= resume_at_) start(request_.url);
    return false;
  }
  if (!exchange_->finished()) return false;
  exchange_->rethrow();
  if (const auto& failure = exchange_->failure()) {
    bool hopeless = !failure->may_pass || (failure->refused && !session_.may_be_waited_for());
    if (hopeless) fail_transport(*failure);
    try_again(failure->text, std::nullopt);
    return false;
  }
  session_.set_answered();
  int status = answer().status;
  if (is_redirect(status)) {
    redirect();
  } else if (status == 401 && at_registry()) {
    log_in();
  } else if (may_pass(status)) {
    try_again(cat(url_.host(), " answered ", registry_error(answer()).text(status)), exchange_->retry_after());
  } else if (auto why = status < 300 && request_.body ? request_.body->shortcoming() : std::nullopt) {
    try_again(*why, std::nullopt);
  } else {
    done_ = true;
  }
  return done_;
}

const HttpAnswer& RegistryCall::finish() {
  while (!advance()) session_.http().step(milliseconds(100));
  return answer();
}

void RegistryCall::redirect() {
  std::string location = answer().header("location");
  if (location.empty()) fail(request_.what, ": ", url_.host(), " redirects, but does not say where to");
  std::optional<Url> target = url_.resolve(location);
  if (!target) fail(request_.what, ": ", url_.host(), " redirects to no URL: ", printable(location, 120));
  if (++redirects_ > max_redirects) fail(request_.what, ": more than ", max_redirects, " redirects");
  if (auto why = refused_step(session_.base(), *target, session_.insecure())) {
    fail(request_.what, ": redirect to ", target->shown(), " refused: ", *why);
  }
  start(std::move(*target));
}

void RegistryCall::log_in() {
  bool others_did = session_.auth().authorization() != sent_authorization_;
  if (others_did) return start(request_.url);
  if (++login_rounds_ > max_login_rounds) session_.auth().fail_denied(answer());
  session_.auth().answer(session_.base(), answer(), session_.http());
  start(request_.url);
}

void RegistryCall::try_again(const std::string& why, std::optional<std::chrono::seconds> asked_to_wait) {
  std::uint64_t offset = request_.body ? request_.body->offset() : 0;
  if (offset >= offset_at_failure_ + much_progress) failures_ = 0;
  offset_at_failure_ = std::max(offset, offset_at_failure_);
  if (++failures_ > session_.options().retries) fail(request_.what, ": ", why);
  std::optional<milliseconds> wait = wait_before_retry(failures_, asked_to_wait, session_.options().retry_delay);
  if (!wait) fail(request_.what, ": ", why, ", and asks to wait ", asked_to_wait->count(), " s");
  session_.progress().note(cat(request_.what, ": ", why, "; trying again in ", (wait->count() + 999) / 1000, " s (",
                               failures_, "/", session_.options().retries, ")"));
  resume_at_ = Clock::now() + *wait;
  redirects_ = 0;
  exchange_.reset();
}

} // namespace oci::fetch
