#include "fetch/http.h"

#include <arpa/inet.h>
#include <functional>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace oci::fetch {
namespace {

using namespace std::chrono_literals;

// Accepts `connections` one after the other and lets `serve` answer each on its own thread.
class TinyServer {
public:
  TinyServer(int connections, std::function<void(int)> serve) {
    listener_.reset(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(listener_.get(), 8), 0);
    getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    url_ = cat("http://127.0.0.1:", ntohs(address.sin_port), "/");
    for (int i = 0; i < connections; ++i) threads_.emplace_back([this, serve] { accept_one(serve); });
  }
  ~TinyServer() {
    for (std::thread& thread : threads_) thread.join();
  }
  Url url() const { return *Url::parse(url_); }

private:
  void accept_one(const std::function<void(int)>& serve) const {
    Fd client(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    std::string request;
    char buffer[1024];
    while (request.find("\r\n\r\n") == std::string::npos) {
      ssize_t count = ::recv(client.get(), buffer, sizeof buffer, 0);
      if (count <= 0) return;
      request.append(buffer, static_cast<std::size_t>(count));
    }
    serve(client.get());
  }

  Fd listener_;
  std::string url_;
  std::vector<std::thread> threads_;
};

bool send_text(int client, std::string_view text) {
  return ::send(client, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
}

struct Collector final : BodyReceiver {
  void begin(const HttpAnswer& answer) override { status = answer.status; }
  void write(Bytes bytes) override {
    if (refuse) fail("not wanted");
    text += as_text(bytes);
  }
  int status = 0;
  bool refuse = false;
  std::string text;
};

class Http : public ::testing::Test {
protected:
  HttpClient client_{TlsSetup{}, HttpTimeouts{5s, 1s}};
};

TEST_F(Http, GetsAnAnswerAfterAnInterimOne) {
  TinyServer server(1, [](int c) {
    send_text(c,
              "HTTP/1.1 103 Early Hints\r\nX: early\r\n\r\nHTTP/1.1 200 OK\r\nX: Late \r\nContent-Length: 2\r\n\r\nhi");
  });
  auto exchange = client_.run({.url = server.url()});
  ASSERT_FALSE(exchange->failure());
  EXPECT_EQ(exchange->answer().status, 200);
  EXPECT_EQ(exchange->answer().header("x"), "Late");
  EXPECT_EQ(exchange->answer().body, "hi");
}

TEST_F(Http, HandsTheBodyToItsReceiver) {
  TinyServer server(
      2, [](int c) { send_text(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"); });
  Collector collector;
  client_.run({.url = server.url(), .receiver = &collector});
  EXPECT_EQ(collector.text, "hello");
  EXPECT_EQ(collector.status, 200);
  collector.refuse = true;
  EXPECT_THROW(client_.run({.url = server.url(), .receiver = &collector}), Error);
}

TEST_F(Http, AnErrorsBodyIsNotTheReceivers) {
  TinyServer server(1, [](int c) { send_text(c, "HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\ngone"); });
  Collector collector;
  auto exchange = client_.run({.url = server.url(), .receiver = &collector});
  EXPECT_EQ(exchange->answer().body, "gone");
  EXPECT_EQ(collector.status, 0);
}

TEST_F(Http, AnEmptyBodyBeginsToo) {
  TinyServer server(1, [](int c) { send_text(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"); });
  Collector collector;
  client_.run({.url = server.url(), .receiver = &collector});
  EXPECT_EQ(collector.status, 200);
}

TEST_F(Http, WhatBarelyMovesIsGivenUp) {
  TinyServer server(1, [](int c) {
    bool open = send_text(c, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    for (int i = 0; open && i < 200; ++i) {
      std::this_thread::sleep_for(100ms);
      open = send_text(c, "x");
    }
    EXPECT_FALSE(open) << "the client never hung up";
  });
  auto exchange = client_.run({.url = server.url()});
  ASSERT_TRUE(exchange->failure());
  EXPECT_TRUE(exchange->failure()->may_pass);
}

TEST_F(Http, ABrokenBodyIsAFailureThatMayPass) {
  TinyServer server(1, [](int c) { send_text(c, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc"); });
  auto exchange = client_.run({.url = server.url()});
  ASSERT_TRUE(exchange->failure());
  EXPECT_TRUE(exchange->failure()->may_pass);
}

TEST_F(Http, RefusedIsTold) {
  std::optional<Url> url;
  {
    url = TinyServer(0, [](int) {}).url();
  }
  auto exchange = client_.run({.url = *url});
  ASSERT_TRUE(exchange->failure());
  EXPECT_TRUE(exchange->failure()->refused);
  EXPECT_NE(exchange->failure()->text.find("connection refused"), std::string::npos);
}

TEST_F(Http, HeadersAndBodiesHaveLimits) {
  TinyServer server(2, [](int c) {
    send_text(c, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 2000 && send_text(c, "X: y\r\n"); ++i) {
    }
  });
  EXPECT_THROW(client_.run({.url = server.url()}), Error);
  EXPECT_THROW(client_.run({.url = server.url()}), Error);
  TinyServer large(
      1, [](int c) { send_text(c, cat("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n", std::string(11, 'x'))); });
  EXPECT_THROW(client_.run({.url = large.url(), .body_limit = 10}), Error);
}

TEST_F(Http, ManyAtTheSameTime) {
  TinyServer server(4, [](int c) {
    std::this_thread::sleep_for(50ms);
    send_text(c, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx");
  });
  std::vector<std::unique_ptr<HttpExchange>> exchanges;
  for (int i = 0; i < 4; ++i) exchanges.push_back(client_.start({.url = server.url()}));
  auto all_finished = [&] {
    return std::all_of(exchanges.begin(), exchanges.end(), [](const auto& e) { return e->finished(); });
  };
  while (!all_finished()) client_.step(100ms);
  for (const auto& exchange : exchanges) EXPECT_EQ(exchange->answer().body, "x");
}

TEST_F(Http, RetryAfterIsRead) {
  TinyServer server(1, [](int c) { send_text(c, "HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"); });
  EXPECT_EQ(client_.run({.url = server.url()})->retry_after(), 7s);
}

} // namespace
} // namespace oci::fetch
