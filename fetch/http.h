// HTTP by libcurl's multi interface: one thread, any number of exchanges side by side, each under every limit. Knows no
// registry: redirects, logins and retries are the caller's.
#pragma once

#include "base/error.h"
#include "base/io.h"
#include "fetch/tls.h"
#include "fetch/url.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace oci::fetch {

inline constexpr std::size_t max_error_body = 1u << 20;

struct HttpAnswer {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers; // names in lower case, values trimmed
  std::string body;                                         // unless a BodyReceiver took it
  std::string header(std::string_view name) const;          // the first one, or ""
};

// Takes the body of a 200 or 206. What it throws ends the exchange and leaves HttpExchange::rethrow.
class BodyReceiver {
public:
  virtual ~BodyReceiver() = default;
  virtual void begin(const HttpAnswer& answer) = 0; // once, before the first byte, also of an empty body
  virtual void write(Bytes bytes) = 0;
};

// Gives the body of a request as it comes. Asked only after HttpExchange::resume said there is something.
class BodySender {
public:
  virtual ~BodySender() = default;
  // How many bytes it put into `into`; 0 at the end; nullopt: none now, more later. Does not throw.
  virtual std::optional<std::size_t> read(std::span<std::byte> into) noexcept = 0;
};

struct HttpRequest {
  Url url;
  bool head = false;
  std::string method = {};                     // "POST", "PUT", "DELETE"; "": GET, or HEAD
  std::string body = {};                       // of a method that has one
  BodySender* sender = nullptr;                // gives the body instead; outlives the exchange
  std::optional<std::uint64_t> sent_size = {}; // of what the sender gives; unknown: sent in chunks
  std::string socket = {};                     // of a server on this machine: the path of its Unix socket
  std::vector<std::string> headers = {};       // "Accept: text/plain"
  std::string authorization = {};              // the header's value; never in a message
  bool with_client_cert = false;               // present the client certificate, when there is one
  std::size_t body_limit = max_error_body;
  BodyReceiver* receiver = nullptr; // outlives the exchange
};

// No answer, or a broken one.
struct HttpFailure {
  std::string text;       // "connect to 127.0.0.1 port 5000: connection refused"
  bool may_pass = false;  // worth another try
  bool refused = false;   // nobody listens there
  bool no_tls = false;    // what listens there speaks no TLS
  bool untrusted = false; // its certificate was not accepted
};

// One request and its answer. Destroying it ends it.
class HttpExchange {
public:
  virtual ~HttpExchange() = default;
  virtual bool finished() const = 0;
  // After it finished: throws what the receiver threw or what broke a limit.
  virtual void rethrow() = 0;
  virtual const std::optional<HttpFailure>& failure() const = 0;
  virtual const HttpAnswer& answer() const = 0;
  virtual std::optional<std::chrono::seconds> retry_after() const = 0; // of the Retry-After header, date or seconds
  virtual void resume() = 0;                                           // the sender has more, or the end
};

struct HttpTimeouts {
  std::chrono::seconds connect{30};
  std::chrono::seconds stall{60};
};

class HttpClient {
public:
  HttpClient(TlsSetup tls, HttpTimeouts timeouts);
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  ~HttpClient(); // after all exchanges

  std::unique_ptr<HttpExchange> start(HttpRequest request);
  // Moves all exchanges on; returns after something happened or `wait` passed.
  void step(std::chrono::milliseconds wait);
  // One exchange to its end; the others move on meanwhile. Its failure is returned in it, its errors are thrown.
  std::unique_ptr<HttpExchange> run(HttpRequest request);
  // Lets so much time pass while exchanges move on.
  void pause(std::chrono::milliseconds time);

  struct State;

private:
  std::unique_ptr<State> state_;
};

} // namespace oci::fetch
