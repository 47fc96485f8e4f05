#include "fetch/http.h"

#include "base/text.h"
#include "base/version.h"
#include "fetch/curl_functions.h"
#include "fetch/fetch.h"

#include <algorithm>
#include <cerrno>
#include <new>

namespace oci::fetch {
namespace {

constexpr std::size_t max_header_bytes = 256u << 10;
constexpr std::size_t max_headers = 500;
constexpr long stall_bytes_per_second = 256;
constexpr long receive_buffer = 256 << 10;
constexpr long send_buffer = 512 << 10;

std::string& user_agent() {
  static std::string text = "oci/" OCI_VERSION;
  return text;
}

struct CurlLibrary {
  CurlLibrary() { curl::global_init(CURL_GLOBAL_DEFAULT); }
  ~CurlLibrary() { curl::global_cleanup(); }
};

struct CloseEasy {
  void operator()(CURL* easy) const { curl::easy_cleanup(easy); }
};
struct CloseMulti {
  void operator()(CURLM* multi) const { curl::multi_cleanup(multi); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl::slist_free_all(list); }
};

// "Could not resolve host: x" as a part of our own sentence.
std::string lower_first(std::string text) {
  auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  std::string_view word = std::string_view(text).substr(0, text.find_first_of(" :/"));
  if (std::count_if(word.begin(), word.end(), is_upper) == 1 && is_upper(word[0])) text[0] ^= 0x20;
  while (text.ends_with('.')) text.pop_back();
  return text;
}

bool passes(CURLcode code) {
  switch (code) {
  case CURLE_COULDNT_CONNECT:
  case CURLE_OPERATION_TIMEDOUT:
  case CURLE_RECV_ERROR:
  case CURLE_SEND_ERROR:
  case CURLE_SEND_FAIL_REWIND:
  case CURLE_GOT_NOTHING:
  case CURLE_PARTIAL_FILE:
  case CURLE_HTTP2:
  case CURLE_HTTP2_STREAM:
    return true;
  default:
    return false;
  }
}

class CurlExchange final : public HttpExchange {
public:
  CurlExchange(CURLM* multi, const TlsSetup& tls, const HttpTimeouts& timeouts, HttpRequest request)
      : multi_(multi), request_(std::move(request)), easy_(curl::easy_init()) {
    if (!easy_) throw std::bad_alloc();
    set_request();
    set_limits(timeouts);
    set_tls(tls);
    if (curl::multi_add_handle(multi_, easy_.get()) != CURLM_OK) throw std::bad_alloc();
  }
  CurlExchange(const CurlExchange&) = delete;
  CurlExchange& operator=(const CurlExchange&) = delete;
  ~CurlExchange() override { curl::multi_remove_handle(multi_, easy_.get()); }

  bool finished() const override { return finished_; }
  void rethrow() override {
    if (error_) throw std::move(*error_);
  }
  const std::optional<HttpFailure>& failure() const override { return failure_; }
  const HttpAnswer& answer() const override { return answer_; }
  std::optional<std::chrono::seconds> retry_after() const override {
    curl_off_t seconds = 0;
    bool given = !answer_.header("retry-after").empty();
    if (!given || curl::easy_getinfo(easy_.get(), CURLINFO_RETRY_AFTER, &seconds) != CURLE_OK) return std::nullopt;
    return std::chrono::seconds(seconds);
  }

  void resume() override {
    if (!finished_) curl::easy_pause(easy_.get(), CURLPAUSE_CONT);
  }

  void complete(CURLcode code) {
    finished_ = true;
    if (error_) return;
    if (code == CURLE_OK || cut_error_body_) {
      keep_error([this] { begin_receiver(); });
    } else {
      failure_ = describe(code);
    }
  }

private:
  template <class T>
  void set(CURLoption option, T value) {
    if (curl::easy_setopt(easy_.get(), option, value) != CURLE_OK) throw std::bad_alloc();
  }

  void set_request() {
    set(CURLOPT_PRIVATE, static_cast<void*>(this));
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_URL, request_.url.text().c_str());
    set(CURLOPT_USERAGENT, user_agent().c_str());
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    if (is_loopback(request_.url.host())) set(CURLOPT_PROXY, ""); // a proxy's loopback is another one
    if (request_.head) set(CURLOPT_NOBODY, 1L);
    if (!request_.socket.empty()) set(CURLOPT_UNIX_SOCKET_PATH, request_.socket.c_str());
    if (!request_.method.empty()) set_method();
    for (const std::string& header : request_.headers) add_header(header);
    if (!request_.authorization.empty()) add_header(cat("Authorization: ", request_.authorization));
    set(CURLOPT_HTTPHEADER, headers_.get());
    set(CURLOPT_HEADERFUNCTION, &CurlExchange::on_header);
    set(CURLOPT_HEADERDATA, static_cast<void*>(this));
    set(CURLOPT_WRITEFUNCTION, &CurlExchange::on_body);
    set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  }

  void set_method() {
    set(CURLOPT_CUSTOMREQUEST, request_.method.c_str());
    if (request_.sender) {
      set(CURLOPT_UPLOAD, 1L);
      set(CURLOPT_UPLOAD_BUFFERSIZE, send_buffer);
      set(CURLOPT_READFUNCTION, &CurlExchange::on_send);
      set(CURLOPT_READDATA, static_cast<void*>(this));
      if (request_.sent_size) set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(*request_.sent_size));
      add_header("Expect:"); // no second spent on waiting for leave
    } else if (request_.method != "DELETE") {
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
      set(CURLOPT_POSTFIELDS, request_.body.data());
      add_header("Expect:");
    }
  }

  void set_limits(const HttpTimeouts& timeouts) {
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_ERRORBUFFER, static_cast<char*>(error_text_));
    set(CURLOPT_BUFFERSIZE, receive_buffer);
    set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(timeouts.connect.count()));
    set(CURLOPT_LOW_SPEED_LIMIT, stall_bytes_per_second);
    set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(timeouts.stall.count()));
  }

  void set_tls(const TlsSetup& tls) {
    set(CURLOPT_SSL_VERIFYPEER, tls.verify ? 1L : 0L);
    set(CURLOPT_SSL_VERIFYHOST, tls.verify ? 2L : 0L);
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!tls.ca_bundle.empty()) {
      curl_blob blob{const_cast<char*>(tls.ca_bundle.data()), tls.ca_bundle.size(), CURL_BLOB_NOCOPY};
      set(CURLOPT_CAINFO_BLOB, &blob);
    }
    if (request_.with_client_cert && !tls.client_cert.empty()) {
      set(CURLOPT_SSLCERT, tls.client_cert.c_str());
      set(CURLOPT_SSLKEY, tls.client_key.c_str());
    }
  }

  void add_header(const std::string& line) {
    curl_slist* longer = curl::slist_append(headers_.get(), line.c_str());
    if (!longer) throw std::bad_alloc();
    (void)headers_.release();
    headers_.reset(longer);
  }

  // Runs `body` for a C caller: what it throws is kept for rethrow.
  template <class F>
  bool keep_error(F&& body) noexcept {
    try {
      body();
      return true;
    } catch (Error& error) {
      error_ = std::move(error);
    } catch (const std::exception& error) {
      error_ = Error(cat("read from ", request_.url.host(), ": ", error.what()));
    }
    return false;
  }

  static std::size_t on_header(char* data, std::size_t, std::size_t size, void* self) noexcept {
    auto* exchange = static_cast<CurlExchange*>(self);
    return exchange->keep_error([&] { exchange->take_header({data, size}); }) ? size : 0;
  }

  static std::size_t on_body(char* data, std::size_t, std::size_t size, void* self) noexcept {
    auto* exchange = static_cast<CurlExchange*>(self);
    bool wanted = false;
    bool fine = exchange->keep_error([&] { wanted = exchange->take_body({data, size}); });
    return fine && wanted ? size : CURL_WRITEFUNC_ERROR;
  }

  static std::size_t on_send(char* data, std::size_t, std::size_t size, void* self) noexcept {
    auto* exchange = static_cast<CurlExchange*>(self);
    auto count = exchange->request_.sender->read({reinterpret_cast<std::byte*>(data), size});
    return count ? *count : CURL_READFUNC_PAUSE;
  }

  void take_header(std::string_view line) {
    header_bytes_ += line.size();
    if (header_bytes_ > max_header_bytes || answer_.headers.size() >= max_headers) {
      fail("read from ", request_.url.host(), ": too many headers");
    }
    if (line.starts_with("HTTP/")) { // a further answer after an interim one
      answer_.headers.clear();
      return;
    }
    auto colon = line.find(':');
    if (colon == std::string_view::npos) return;
    answer_.headers.emplace_back(to_lower(trim(line.substr(0, colon))), std::string(trim(line.substr(colon + 1))));
  }

  // False when the rest is not wanted.
  bool take_body(std::string_view bytes) {
    begin_receiver();
    if (receiving_) {
      request_.receiver->write(as_bytes(bytes));
      return true;
    }
    bool is_error = answer_.status >= 300;
    std::size_t limit = is_error ? max_error_body : request_.body_limit;
    if (bytes.size() <= limit - answer_.body.size()) {
      answer_.body.append(bytes);
      return true;
    }
    if (!is_error) fail("read from ", request_.url.host(), ": answer is larger than ", human_bytes(limit));
    cut_error_body_ = true;
    return false;
  }

  void begin_receiver() {
    if (begun_) return;
    begun_ = true;
    long status = 0;
    curl::easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    answer_.status = static_cast<int>(status);
    receiving_ = request_.receiver && (status == 200 || status == 206);
    if (receiving_) request_.receiver->begin(answer_);
  }

  HttpFailure describe(CURLcode code) const {
    long os_error = 0;
    curl::easy_getinfo(easy_.get(), CURLINFO_OS_ERRNO, &os_error);
    HttpFailure failure;
    failure.may_pass = passes(code);
    failure.refused = code == CURLE_COULDNT_CONNECT && os_error == ECONNREFUSED;
    failure.no_tls = code == CURLE_SSL_CONNECT_ERROR;
    failure.untrusted = code == CURLE_PEER_FAILED_VERIFICATION;
    bool header_too_long = code == CURLE_OUT_OF_MEMORY && !begun_; // libcurl's word for a line it does not keep
    if (header_too_long) {
      failure.text = cat("read from ", request_.url.host(), ": a header is too long");
      return failure;
    }
    std::string told = error_text_[0] != '\0' ? error_text_ : curl::easy_strerror(code);
    std::string text = lower_first(printable(told));
    bool spoke_http = failure.no_tls && text.find("wrong version number") != std::string::npos;
    if (spoke_http) text = "http: server gave HTTP response to HTTPS client";
    bool unreachable = code == CURLE_COULDNT_CONNECT && os_error != 0;
    failure.text = unreachable ? cat("connect to ", request_.url.host(), " port ", request_.url.port(), ": ",
                                     errno_text(static_cast<int>(os_error)))
                               : cat(begun_ ? "read from " : "ask ", request_.url.host(), " port ", request_.url.port(),
                                     ": ", text);
    return failure;
  }

  CURLM* multi_;
  HttpRequest request_;
  std::unique_ptr<curl_slist, FreeList> headers_;
  char error_text_[CURL_ERROR_SIZE] = {};
  HttpAnswer answer_;
  std::size_t header_bytes_ = 0;
  bool finished_ = false, begun_ = false, receiving_ = false, cut_error_body_ = false;
  std::optional<HttpFailure> failure_;
  std::optional<Error> error_;
  std::unique_ptr<CURL, CloseEasy> easy_;
};

} // namespace

void set_user_agent(std::string text) { user_agent() = std::move(text); }

std::string HttpAnswer::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return "";
}

struct HttpClient::State {
  TlsSetup tls;
  HttpTimeouts timeouts;
  std::unique_ptr<CURLM, CloseMulti> multi;

  // True when an exchange finished.
  bool collect() {
    bool any = false;
    int left = 0;
    while (CURLMsg* message = curl::multi_info_read(multi.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURLcode code = message->data.result;
      void* exchange = nullptr;
      curl::easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &exchange);
      static_cast<CurlExchange*>(exchange)->complete(code);
      any = true;
    }
    return any;
  }
};

HttpClient::HttpClient(TlsSetup tls, HttpTimeouts timeouts) {
  static CurlLibrary library;
  state_ = std::make_unique<State>(State{std::move(tls), timeouts, {}});
  state_->multi.reset(curl::multi_init());
  if (!state_->multi) throw std::bad_alloc();
}

HttpClient::~HttpClient() = default;

std::unique_ptr<HttpExchange> HttpClient::start(HttpRequest request) {
  return std::make_unique<CurlExchange>(state_->multi.get(), state_->tls, state_->timeouts, std::move(request));
}

void HttpClient::step(std::chrono::milliseconds wait) {
  int running = 0;
  CURLMcode code = curl::multi_perform(state_->multi.get(), &running);
  if (code == CURLM_OK && !state_->collect()) {
    code = curl::multi_poll(state_->multi.get(), nullptr, 0, static_cast<int>(wait.count()), nullptr);
  }
  if (code != CURLM_OK) fail("run transfers: ", lower_first(curl::multi_strerror(code)));
}

std::unique_ptr<HttpExchange> HttpClient::run(HttpRequest request) {
  std::unique_ptr<HttpExchange> exchange = start(std::move(request));
  while (!exchange->finished()) step(std::chrono::seconds(1));
  exchange->rethrow();
  return exchange;
}

void HttpClient::pause(std::chrono::milliseconds time) {
  auto end = std::chrono::steady_clock::now() + time;
  for (auto now = end - time; now < end; now = std::chrono::steady_clock::now()) {
    step(std::chrono::ceil<std::chrono::milliseconds>(end - now));
  }
}

} // namespace oci::fetch
