#include "fetch/url.h"

#include <gtest/gtest.h>

namespace oci::fetch {
namespace {

Url url(std::string_view text) {
  auto parsed = Url::parse(text);
  EXPECT_TRUE(parsed) << text;
  return parsed.value_or(Url());
}

TEST(Url, KnowsItsParts) {
  Url plain = url("http://Example.ORG/v2/?a=b#part");
  EXPECT_EQ(plain.scheme(), "http");
  EXPECT_EQ(plain.host(), "example.org");
  EXPECT_EQ(plain.port(), "80");
  EXPECT_EQ(plain.text(), "http://Example.ORG/v2/?a=b");
  EXPECT_EQ(plain.shown(), "http://Example.ORG/v2/");
  EXPECT_EQ(url("https://[::1]:5000/").host(), "[::1]");
  EXPECT_EQ(url("https://h/").port(), "443");
}

TEST(Url, RefusesWhatItCannotBe) {
  for (std::string_view text : {"", "example.org", "ftp://h/", "file:///etc/passwd", "gopher://h/", "https://u:p@h/",
                                "https://", "http://h/a b", "http://h:99999/", "javascript:1"}) {
    EXPECT_FALSE(Url::parse(text)) << text;
  }
  EXPECT_FALSE(Url::parse(std::string_view("http://h/\0x", 11)));
  EXPECT_FALSE(Url::parse("http://h/\r\nX: y"));
}

TEST(Url, ResolvesLocations) {
  Url base = url("https://h:5000/v2/x/blobs/y");
  EXPECT_EQ(base.resolve("/z?q=1")->text(), "https://h:5000/z?q=1");
  EXPECT_EQ(base.resolve("https://other/z")->host(), "other");
  EXPECT_EQ(base.resolve("//other/z")->scheme(), "https");
  EXPECT_FALSE(base.resolve("ftp://other/z"));
  EXPECT_FALSE(base.resolve("https://u@other/z"));
}

TEST(Url, AddsToTheQuery) {
  EXPECT_EQ(url("https://h/token?x=1").with_query("scope", "repository:a/b:pull&c").text(),
            "https://h/token?x=1&scope=repository%3aa%2fb%3apull%26c");
}

TEST(Url, OriginIsSchemeHostAndPort) {
  EXPECT_TRUE(url("https://h/a").same_origin(url("https://h:443/b")));
  EXPECT_FALSE(url("https://h/a").same_origin(url("http://h:443/a")));
  EXPECT_FALSE(url("https://h/a").same_origin(url("https://h:444/a")));
  EXPECT_FALSE(url("https://h/a").same_origin(url("https://h.x/a")));
}

TEST(Url, KnowsLocalHosts) {
  for (std::string_view text :
       {"http://localhost", "http://LOCALHOST.", "http://a.localhost", "http://127.0.0.1", "http://127.1.2.3",
        "http://[::1]", "http://[::ffff:127.0.0.1]", "http://0x7f.1", "http://2130706433"}) {
    EXPECT_TRUE(is_loopback(url(text).host())) << text;
    EXPECT_TRUE(is_local(url(text).host())) << text;
  }
  for (std::string_view text : {"http://169.254.169.254", "http://0.0.0.0", "http://[::]", "http://[fe80::1]"}) {
    EXPECT_FALSE(is_loopback(url(text).host())) << text;
    EXPECT_TRUE(is_local(url(text).host())) << text;
  }
  for (std::string_view text :
       {"http://10.0.0.1", "http://notlocalhost", "http://localhost.example", "http://128.0.0.1"}) {
    EXPECT_FALSE(is_local(url(text).host())) << text;
  }
}

TEST(Url, WhatMayFollowFromWhat) {
  Url tls = url("https://r.example/v2/"), plain = url("http://r.example/v2/"), local = url("http://127.0.0.1:5000/v2/");
  EXPECT_FALSE(refused_step(tls, url("https://cdn.example/x"), false));
  EXPECT_TRUE(refused_step(tls, url("http://cdn.example/x"), false));
  EXPECT_TRUE(refused_step(tls, url("http://cdn.example/x"), true));
  EXPECT_TRUE(refused_step(tls, url("https://127.0.0.1/x"), false));
  EXPECT_TRUE(refused_step(tls, url("https://169.254.169.254/x"), true));
  EXPECT_TRUE(refused_step(tls, url("https://0.0.0.0/x"), false));
  EXPECT_FALSE(refused_step(plain, url("http://cdn.example/x"), true));
  EXPECT_FALSE(refused_step(local, url("http://localhost:5001/x"), false));
  EXPECT_TRUE(refused_step(local, url("http://cdn.example/x"), false));
  EXPECT_FALSE(refused_step(local, url("https://cdn.example/x"), false));
}

} // namespace
} // namespace oci::fetch
